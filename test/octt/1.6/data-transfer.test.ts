import { expect } from 'vitest'
import { octt } from './octt.ts'

octt('TC_062_CS Data transfer to a Charge Point', async (t) => {
  await t.boots()
  for (const asked of [
    { vendorId: 'org.example' },
    { vendorId: 'org.example', messageId: 'Hello' },
    { vendorId: 'org.example', messageId: 'Hello', data: '{}' },
  ])
    expect(await t.asks('DataTransfer', asked)).toEqual({ status: 'UnknownVendorId' })
  await t.nothingMore()
})
