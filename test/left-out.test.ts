import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { leaveOut, leftOutVariable } from './left-out.ts'
import { closingWords } from './left-out-setup.ts'

test('what a test left out is written down in one line and named at the end, once', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-left-out-test-'))
  vi.stubEnv(leftOutVariable, join(directory, 'left-out'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(directory, { recursive: true })
  })
  leaveOut('MQTT door:\n mosquitto is not installed')
  leaveOut('serial: socat is not installed')
  leaveOut('MQTT door: mosquitto is not installed')
  expect(closingWords(readFileSync(join(directory, 'left-out'), 'utf8'))).toBe(
    'left out:\n  - MQTT door: mosquitto is not installed\n  - serial: socat is not installed\n',
  )
})

test('a run that left nothing out says so', () => {
  expect(closingWords('')).toBe('left out: nothing\n')
})

test('test processes inherit the file to write to', () => {
  expect(process.env[leftOutVariable]).toBeDefined()
})
