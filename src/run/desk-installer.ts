import type { Installer } from '../core/transfer.ts'
import { versionIn } from './desk-versions.ts'

/** Firmware on the desk: the package that `npm pack` makes of Pilotwire (`package/package.json` within a gzipped tar, with the name
 *  `pilotwire` and a version). A file that is whole is kept in `<directory>/<version>/`, and from the next start on the station says that
 *  it runs that version. It is never executed: nobody has signed it, and a desk goes on with the program that its owner started. */
export function deskInstaller(directory: string): Installer {
  const version = versionIn(directory)
  return {
    version,
    // Rarely needed.
    install: async (path) => (await import('./desk-installation.ts')).installPackage(path, directory, version),
  }
}

/** Where no installer is at work yet: what drives real contactors does not claim to be of a version that it is not. */
export const noInstaller: Installer = {
  version: undefined,
  install: () => Promise.reject(new Error('this board has no installer: update the package by hand')),
}
