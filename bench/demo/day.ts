import { minutes } from '../../src/base/units.ts'
import { ask, atMost, charging, crash, type Day, free, hands, network, plug, status, stop, unplug } from './step.ts'

// A day at two places: three stations, six people, and what goes wrong between them.

const [yard, gate, market] = ['OFFICE-1', 'OFFICE-2', 'MARKET-1'] as const
const card = { anna: '04A1000A', ben: '04B2000B', chris: '04C3000C', dora: '04D4000D', erik: '04E5000E', fay: '04F6000F', lost: '04990042' } as const
const show = (id: string, who: keyof typeof card, answer?: RegExp) => hands(id, `tag ${card[who]}`, answer)
const limit = (id: string, size?: { readonly amps: number } | { readonly watts: number }) =>
  ask(id, { kind: 'limit', evse: 1, ...(size === undefined ? {} : { limit: size }) })

/** What flows at 11 kW between the last sample before a crash and the crash. */
const beforeCrashWh = 200

export const day: Day = {
  cards: [
    { tag: card.anna, status: 'Accepted', name: 'Anna' },
    { tag: card.ben, status: 'Accepted', name: 'Ben' },
    { tag: card.chris, status: 'Accepted', name: 'Chris' },
    { tag: card.dora, status: 'Accepted', name: 'Dora' },
    { tag: card.erik, status: 'Accepted', name: 'Erik' },
    { tag: card.fay, status: 'Accepted', name: 'Fay' },
    { tag: card.lost, status: 'Blocked', name: 'a lost card' },
  ],
  stations: [
    [yard, 'simulated'],
    [gate, 'simulated'],
    [market, 'simulated-dc'],
  ],
  steps: [
    {
      at: '00:00',
      words: 'Three stations come to their central system',
      acts: [yard, gate, market].map((id) => hands(id, 'battery 100000 10')),
      outcome: {
        isSo: ({ stations }) => stations.every((each) => each.isOnline),
        words: ({ stations }) => `${stations.map(({ id }) => id).join(', ')} are accepted`,
      },
    },
    {
      at: '00:20',
      words: `Ben comes for the night shift, plugs in at ${gate} and shows his card`,
      acts: [plug(gate), show(gate, 'ben', /started/)],
      outcome: charging(gate),
    },
    {
      at: '04:00',
      words: "Ben's battery is full",
      acts: [hands(gate, 'full')],
      outcome: status(gate, 'suspendedEv', `${gate} waits: the car takes nothing any more`),
    },
    {
      at: '05:00',
      words: `The cleaners come to ${market}: the central system takes it out of service`,
      acts: [ask(market, { kind: 'availability', evse: 1, operative: false })],
      outcome: status(market, 'unavailable', `${market} takes nobody`),
    },
    {
      at: '05:30',
      words: `The cleaners have gone`,
      acts: [ask(market, { kind: 'availability', evse: 1, operative: true })],
      outcome: status(market, 'available', `${market} is in service again`),
    },
    { at: '06:00', words: 'The shift is over, Ben drives off', acts: [unplug(gate)], outcome: free(gate) },
    {
      at: '06:30',
      words: `Erik's delivery van plugs in at ${market}`,
      acts: [hands(market, 'battery 30000 20'), plug(market), show(market, 'erik', /started/)],
      outcome: charging(market),
    },
    { at: '07:10', words: 'The van goes on its round', acts: [unplug(market)], outcome: free(market) },
    { at: '07:30', words: `Anna plugs in at ${yard} and shows her card`, acts: [plug(yard), show(yard, 'anna', /started/)], outcome: charging(yard) },
    {
      at: '07:40',
      words: `Chris plugs his lorry in at ${gate} and shows his card`,
      acts: [hands(gate, 'battery 200000 10'), plug(gate), show(gate, 'chris', /started/)],
      outcome: charging(gate),
    },
    {
      at: '08:00',
      words: 'Together they draw twice what the office has: the central system gives each 16 A',
      acts: [limit(yard, { amps: 16 }), limit(gate, { amps: 16 })],
      outcome: atMost(22.1, yard, gate),
    },
    {
      at: '09:15',
      words: `Somebody shows an unknown card at ${market}`,
      acts: [hands(market, 'tag 0BADCA4D', /^error/)],
      outcome: { isSo: ({ station }) => station(market).status === 'available', words: () => 'Refused, nothing is sold' },
      trouble: { what: 'an unknown card', remedy: 'the central system said Invalid, nothing was switched on' },
    },
    {
      at: '09:20',
      words: 'Then a card that was reported as lost',
      acts: [show(market, 'lost', /^error/)],
      outcome: { isSo: ({ station }) => station(market).status === 'available', words: () => 'Refused as well: Blocked' },
      trouble: { what: 'a lost card', remedy: 'the central system said Blocked' },
    },
    {
      at: '10:30',
      words: `${yard} loses its network`,
      acts: [network(yard, false)],
      outcome: {
        isSo: ({ station }) => !station(yard).isOnline && station(yard).status === 'charging',
        words: () => 'It goes on charging, and writes down what it cannot tell',
      },
    },
    {
      at: '11:30',
      words: 'The network is back',
      acts: [network(yard, true)],
      outcome: {
        isSo: ({ station }) => station(yard).isOnline && station(yard).hasToldAll,
        isKept: async ({ store, now }) =>
          (await store.transactions.samples({ charger: yard, from: now - minutes(65), until: now, offset: 0, limit: 1 })).total >= 60,
        words: () => 'Every sample of that hour is told, none is missing',
      },
      withinMin: 15,
      trouble: { what: `${yard} was offline for an hour`, remedy: 'it went on charging and told every sample afterwards' },
    },
    {
      at: '12:00',
      words: 'Noon: the grid operator asks for less, 6 A each',
      acts: [limit(yard, { amps: 6 }), limit(gate, { amps: 6 })],
      outcome: atMost(8.3, yard, gate),
    },
    { at: '13:00', words: 'The grid has enough again', acts: [limit(yard, { amps: 16 }), limit(gate, { amps: 16 })], outcome: atLeast(18, yard, gate) },
    { at: '13:30', words: 'Anna shows her card again and drives off', acts: [show(yard, 'anna', /stopped/), unplug(yard)], outcome: free(yard) },
    {
      at: '14:00',
      words: `Dora reserves ${yard} for half an hour`,
      acts: [ask(yard, reservation)],
      outcome: status(yard, 'reserved', `${yard} is kept for her`),
    },
    {
      at: '14:10',
      words: 'Erik tries there',
      acts: [show(yard, 'erik', /^error/)],
      outcome: status(yard, 'reserved', 'Refused: it is not his'),
      trouble: { what: 'a card at a place that is reserved', remedy: 'refused, the place was kept' },
    },
    { at: '14:20', words: 'Dora comes', acts: [plug(yard), show(yard, 'dora', /started/)], outcome: charging(yard) },
    {
      at: '15:00',
      words: `The residual current device of ${yard} trips`,
      acts: [hands(yard, 'fault residualCurrent')],
      outcome: status(yard, 'faulted', 'The contactor is open, GroundFailure is told'),
      trouble: { what: `a ground fault at ${yard}`, remedy: 'switched off within a tick of the guard, told, mended after 20 min' },
    },
    {
      at: '15:20',
      words: 'An electrician finds the wet plug, and switches it on again; Dora plugs in anew',
      acts: [hands(yard, 'clear'), unplug(yard), plug(yard), show(yard, 'dora', /started/)],
      outcome: charging(yard),
    },
    {
      at: '16:00',
      words: `The central system resets ${gate} while Chris charges`,
      acts: [ask(gate, { kind: 'reset', type: 'soft' })],
      outcome: {
        isSo: ({ station }) => station(gate).isOnline && station(gate).hasToldAll && station(gate).transaction === undefined,
        words: () => 'It ended the session (SoftReset), told it, and is back',
      },
      trouble: { what: `a reset of ${gate} in a session`, remedy: 'the session was ended with its energy, and begun anew by card' },
    },
    { at: '16:05', words: 'Chris shows his card again', acts: [show(gate, 'chris', /started/)], outcome: charging(gate) },
    {
      at: '16:45',
      words: `The program of ${yard} crashes while Dora charges`,
      acts: [crash(yard)],
      outcome: {
        isSo: ({ station }) => station(yard).isOnline && station(yard).hasToldAll && station(yard).transaction === undefined,
        words: () => 'It began again by itself, and told how far the session had come (Reboot)',
      },
      trouble: { what: `a crash of the program at ${yard}`, remedy: 'it began again by itself, and told the session up to its last minute' },
    },
    { at: '16:50', words: 'Dora shows her card again', acts: [show(yard, 'dora', /started/)], outcome: charging(yard) },
    {
      at: '17:30',
      words: `Fay has no card: the hotline starts ${market} for her`,
      acts: [hands(market, 'battery 100000 10'), plug(market), ask(market, { kind: 'start', evse: 1, tag: card.fay })],
      outcome: charging(market),
    },
    {
      at: '18:00',
      words: 'Evening peak: two cars and a lorry share 40 kW',
      acts: [limit(market, { watts: 18_000 })],
      outcome: atMost(40.1, yard, gate, market),
    },
    { at: '19:30', words: 'Chris drives off', acts: [show(gate, 'chris', /stopped/), unplug(gate)], outcome: free(gate) },
    { at: '20:00', words: 'The peak is over', acts: [limit(market), limit(yard), limit(gate)], outcome: atLeast(40, market) },
    { at: '20:30', words: 'Fay drives off', acts: [unplug(market)], outcome: free(market) },
    { at: '21:00', words: 'Dora drives off', acts: [show(yard, 'dora', /stopped/), unplug(yard)], outcome: free(yard) },
    {
      at: '22:00',
      words: `Ben is back for the next night, plugs in at ${yard} and shows his card`,
      acts: [plug(yard), show(yard, 'ben', /started/)],
      outcome: charging(yard),
    },
    {
      at: '23:30',
      words: 'Ben has what he paid for: the central system ends his session',
      acts: [stop(yard)],
      outcome: status(yard, 'finishing', 'Ended from afar (Remote)'),
    },
    { at: '23:40', words: 'Ben drives off', acts: [unplug(yard)], outcome: free(yard) },
    {
      at: '23:55',
      words: 'The books are compared with the meters',
      acts: [],
      outcome: {
        isSo: ({ stations }) => stations.every((each) => each.hasToldAll),
        isKept: async ({ store, stations }) => {
          const { items } = await store.transactions.page({ offset: 0, limit: 1_000 })
          const booked = items.reduce((sum, { energy_wh }) => sum + energy_wh, 0)
          const metered = stations.reduce((sum, { registerWh }) => sum + registerWh, 0)
          // Registers are sent in whole Wh, at both ends of each session.
          const missing = metered - booked
          return items.every(({ stopped_at }) => stopped_at !== undefined) && missing > -2 * items.length && missing < beforeCrashWh
        },
        words: ({ stations }) =>
          `${(stations.reduce((sum, { registerWh }) => sum + registerWh, 0) / 1_000).toFixed(1)} kWh in both, but for the last minute before the crash; no session is open`,
      },
    },
  ],
}

function reservation(now: number) {
  const payload = { connectorId: 1, expiryDate: new Date(now + minutes(30)).toISOString(), idTag: card.dora, reservationId: 1 }
  return { kind: 'message', action: 'ReserveNow', payload } as const
}

/** Together they draw at least so much. */
function atLeast(kw: number, ...ids: readonly string[]) {
  const outcome = atMost(Number.POSITIVE_INFINITY, ...ids)
  return {
    ...outcome,
    isSo: (world: Parameters<typeof outcome.isSo>[0]) => ids.reduce((sum, id) => sum + world.station(id).watts, 0) >= kw * 1_000,
  }
}
