import type { Selectable } from 'kysely'
import type { Token } from '../rest/shapes.ts'
import type { BookParts } from './parts.ts'
import { contains, isoTime, known } from './rows.ts'
import { ask } from './steps.ts'
import type { TokenBook } from './store.ts'
import type { TokenTable } from './tables.ts'

export function tokenBook({ engine: { db }, writer }: BookParts): TokenBook {
  return {
    async page({ offset, limit, text }) {
      let found = db.selectFrom('tokens')
      if (text !== undefined) found = found.where((eb) => eb.or([contains('tag', text), contains('name', text)]))
      const { total } = await found.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
      const rows = await found.selectAll().orderBy('tag_key').limit(limit).offset(offset).execute()
      return { items: rows.map(tokenOf), total, offset, limit }
    },
    async one(tag) {
      const row = await db.selectFrom('tokens').selectAll().where('tag_key', '=', tag.toLowerCase()).executeTakeFirst()
      return row === undefined ? undefined : tokenOf(row)
    },
    async put({ tag, status, parent_tag, expires_at, name }) {
      const expires = expires_at === undefined ? null : Date.parse(expires_at)
      await writer.write('', () =>
        ask(
          `INSERT INTO tokens (tag_key, tag, status, parent_tag, expires_at, name) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (tag_key) DO UPDATE SET tag = excluded.tag, status = excluded.status, parent_tag = excluded.parent_tag,
             expires_at = excluded.expires_at, name = excluded.name`,
          ...[tag.toLowerCase(), tag, status, parent_tag, expires, name],
        ),
      )
    },
    remove: async (tag) => (await writer.write('', () => ask('DELETE FROM tokens WHERE tag_key = $1 RETURNING tag', tag.toLowerCase()))).length > 0,
  }
}

function tokenOf({ tag_key: _, expires_at, ...rest }: Selectable<TokenTable>): Token {
  return known({ ...rest, expires_at: isoTime(expires_at) })
}
