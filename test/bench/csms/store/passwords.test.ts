import { expect, test } from 'vitest'
import { hashed, passwordJudge } from '../../../../bench/csms/store/passwords.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('whoever guesses at one station keeps no other one waiting, and the right password that was shown before opens meanwhile', async () => {
  const isGood = passwordJudge()
  const [one, other] = [await hashed('0123456789abcdef'), await hashed('fedcba9876543210')]
  expect(await isGood(one, bytes('0123456789abcdef'))).toBe(true)
  const guesses = Promise.allSettled(Array.from({ length: 200 }, (_, each) => isGood(one, bytes(`guess ${each}`))))
  expect(await isGood(one, bytes('0123456789abcdef'))).toBe(true)
  expect(await isGood(other, bytes('fedcba9876543210'))).toBe(true)
  const outcomes = (await guesses).map((each) => (each.status === 'fulfilled' ? each.value : 'not looked at'))
  expect([outcomes.filter((each) => each === false).length, outcomes.filter((each) => each === 'not looked at').length]).toEqual([8, 192])
  // Afterwards it is asked as before.
  expect(await isGood(one, bytes('guess'))).toBe(false)
})
