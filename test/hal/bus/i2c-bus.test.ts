import { describe, expect, test } from 'vitest'
import { reasonOf } from '../../../hal/bus/health.ts'
import { i2cOver, type RawI2c } from '../../../hal/bus/i2c-bus.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

/** What the package does, with what it did in words. */
function fakeRaw() {
  const done: string[] = []
  let fails: string | undefined
  let refuses: string | undefined
  let holds: (() => void)[] | undefined
  const failure = (code: string) => Object.assign(new Error(code), { code })
  const act = async (word: string) => {
    done.push(word)
    if (holds !== undefined) await new Promise<void>((resolve) => holds?.push(resolve))
    if (fails !== undefined) throw failure(fails)
  }
  const hex = (address: number) => address.toString(16)
  const raw: RawI2c = {
    async i2cRead(address, length, buffer) {
      await act(`read ${hex(address)} ${length}`)
      buffer.fill(7)
      return { bytesRead: length }
    },
    async i2cWrite(address, length, buffer) {
      await act(`write ${hex(address)} ${buffer.toString('hex')}`)
      return { bytesWritten: length }
    },
    async readI2cBlock(address, command, length, buffer) {
      // As the package throws it.
      if (fails === 'EREMOTEIO') throw Object.assign(new Error(', Remote I/O error'), { code: '', errno: 121, syscall: '' })
      await act(`block ${hex(address)} ${hex(command)} ${length}`)
      buffer.fill(9)
      return { bytesRead: length }
    },
    bus: () => ({
      i2cReadSync(address) {
        done.push(`open ${hex(address)}`)
        if (refuses !== undefined) throw failure(refuses)
        return 0
      },
      i2cWriteSync(address, length, buffer) {
        done.push(`now ${hex(address)} ${buffer.toString('hex')}`)
        if (fails !== undefined) throw failure(fails)
        return length
      },
      closeSync: () => void done.push('closed'),
    }),
  }
  return {
    raw,
    done,
    fail: (code: string | undefined) => {
      fails = code
    },
    refuse: (code: string | undefined) => {
      refuses = code
    },
    hold: () => {
      holds = []
    },
    letGo: () => {
      const held = holds ?? []
      holds = undefined
      for (const resolve of held) resolve()
    },
  }
}

const opened = () => {
  const clock = simulatedClock()
  const fake = fakeRaw()
  return { clock, ...fake, bus: i2cOver(1, clock, fake.raw) }
}
const problemOf = async (promise: Promise<unknown>) => {
  try {
    await promise
  } catch (error) {
    return reasonOf(error)
  }
  return 'none'
}

describe('the queue of an I2C bus', () => {
  test('a register is read in one transfer, what is longer in two', async () => {
    const { bus, done } = opened()
    expect([...(await bus.transfer(0x48, Uint8Array.of(1), 2))]).toEqual([9, 9])
    await bus.transfer(0x48, Uint8Array.of(1, 2), 2)
    await bus.transfer(0x48, new Uint8Array(0), 1)
    await bus.write(0x48, Uint8Array.of(0xab))
    expect(done).toEqual(['open 48', 'block 48 1 2', 'write 48 0102', 'read 48 2', 'read 48 1', 'write 48 ab'])
  })

  test('one transfer at a time, in the order in which they were asked for', async () => {
    const { bus, done, hold, letGo, clock } = opened()
    hold()
    const all = [bus.write(0x20, Uint8Array.of(1)), bus.write(0x21, Uint8Array.of(2))]
    await clock.settle()
    expect(done).toEqual(['open 20', 'write 20 01'])
    letGo()
    await Promise.all(all)
    expect(done.slice(2)).toEqual(['open 21', 'write 21 02'])
  })

  test('errors name bus and address, and what to do', async () => {
    const { bus, fail } = opened()
    fail('EREMOTEIO')
    expect(await problemOf(bus.transfer(0x48, Uint8Array.of(0), 2))).toMatch(/^I2C bus 1 address 0x48: absent: nobody answers/)
    fail('ETIMEDOUT')
    expect(await problemOf(bus.transfer(0x48, Uint8Array.of(0), 2))).toMatch(/timeout: the bus hangs/)
    fail('EREMOTEIO')
    expect(() => bus.writeNow(0x09, Uint8Array.of(0))).toThrow('I2C bus 1 address 0x09: absent')
  })

  test('a bus that is not there, or not ours, says which line and which group', async () => {
    const { bus, refuse } = opened()
    refuse('ENOENT')
    expect(await problemOf(bus.write(0x48, Uint8Array.of(0)))).toContain('no /dev/i2c-1. Add dtparam=i2c_arm=on')
    refuse('EACCES')
    expect(await problemOf(bus.write(0x48, Uint8Array.of(0)))).toContain('group i2c')
    refuse(undefined)
    await bus.write(0x48, Uint8Array.of(0))
  })

  test('an address that a kernel driver holds is never touched again: the package would talk to address 0', async () => {
    const { bus, refuse, done } = opened()
    refuse('EBUSY')
    expect(await problemOf(bus.write(0x68, Uint8Array.of(0)))).toContain('a driver of the kernel holds this address')
    refuse(undefined)
    expect(await problemOf(bus.transfer(0x68, Uint8Array.of(0), 1))).toContain('refused')
    expect(() => bus.writeNow(0x68, Uint8Array.of(0))).toThrow('refused')
    expect(done).toEqual(['open 68'])
  })

  test('a transfer that does not come back is a timeout after 100 ms; nothing runs beside it, and then the queue goes on', async () => {
    const { bus, hold, letGo, clock, done } = opened()
    hold()
    const stuck = problemOf(bus.transfer(0x48, Uint8Array.of(0), 2))
    const waiting = problemOf(bus.transfer(0x20, Uint8Array.of(0), 2))
    await clock.advance(99)
    expect(done).toHaveLength(2)
    await clock.advance(1)
    expect(await stuck).toMatch(/0x48: timeout/)
    expect(await waiting).toMatch(/0x20: timeout/)
    expect(() => bus.writeNow(0x20, Uint8Array.of(0))).toThrow('timeout')
    expect(done).toHaveLength(2)
    letGo()
    await clock.settle()
    await bus.write(0x20, Uint8Array.of(5))
    expect(done.at(-1)).toBe('write 20 05')
  })

  test('a synchronous write does not wait for a transfer that takes too long', async () => {
    const { bus, hold, letGo, clock, done } = opened()
    hold()
    const slow = bus.transfer(0x48, Uint8Array.of(0), 2)
    await clock.advance(10)
    bus.writeNow(0x20, Uint8Array.of(1))
    expect(done.at(-1)).toBe('now 20 01')
    await clock.advance(20)
    expect(() => bus.writeNow(0x20, Uint8Array.of(1))).toThrow('timeout')
    letGo()
    await slow
  })

  test('closing waits for the transfer under way', async () => {
    const { bus, hold, letGo, clock, done } = opened()
    hold()
    const last = bus.write(0x20, Uint8Array.of(1))
    await clock.settle()
    bus.close()
    expect(done).not.toContain('closed')
    letGo()
    await last
    expect(done).toContain('closed')
    expect(await problemOf(bus.write(0x20, Uint8Array.of(1)))).toContain('closed')
  })
})
