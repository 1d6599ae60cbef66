import { expect, test, vi } from 'vitest'
import { keyDesk } from '../../src/run/key-desk.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { world } from '../stories/world.ts'

const keyOf = (desk: ReturnType<typeof keyDesk>, key: string) => desk.all().find((each) => each.key === key)

test('keys are changed by the rules of ChangeConfiguration', async () => {
  const { core } = await world()
  const desk = keyDesk(core)
  expect(keyOf(desk, 'HeartbeatInterval')).toMatchObject({ access: 'rw', profile: 'Core' })
  expect(desk.set('heartbeatinterval', '77')).toBe('set')
  expect(keyOf(desk, 'HeartbeatInterval')?.value).toBe('77')
  expect(core.settings.get('heartbeatInterval')).toBe(77)
  expect(desk.set('HeartbeatInterval', 'often')).toBe('refused')
  expect(desk.set('NumberOfConnectors', '3')).toBe('readOnly')
  expect(desk.set('Nonsense', '3')).toBe('unknown')
})

test('a secret is written and never told', async () => {
  const { core } = await world()
  const desk = keyDesk(core)
  expect(desk.set('AuthorizationKey', 'a password of length')).toBe('set')
  expect(keyOf(desk, 'AuthorizationKey')).toMatchObject({ access: 'w', value: undefined })
  expect(JSON.stringify(desk.all())).not.toContain('a password of length')
})

test('a disk that takes nothing is told', async () => {
  const { core } = await world()
  vi.spyOn(core.settings, 'set').mockImplementation(() => {
    throw new StoreError('full', 'x')
  })
  expect(keyDesk(core).set('HeartbeatInterval', '77')).toBe('notKept')
})
