import { gzipSync } from 'node:zlib'

/** A gzipped tar as `npm pack` makes it. */
export function packageFile(about: unknown, more: Readonly<Record<string, Buffer>> = {}): Buffer {
  const files = {
    'package/LICENSE': Buffer.from('text'),
    ...more,
    'package/package.json': Buffer.from(JSON.stringify(about)),
    'package/last': Buffer.alloc(70_000, 7),
  }
  const blocks = Object.entries(files).flatMap(([name, content]) => [
    headerOf(name, content.length),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ])
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]))
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        0ustar\u000000', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
