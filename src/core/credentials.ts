/** What the station shows a central system, and the rules for changing it. The settings hold the newest values. */
export interface Credentials {
  /** Takes a new password. False: it cannot be one here, and nothing changed. The connection is made anew with it afterwards. */
  changeKey(key: string): boolean
  /** Takes a higher security profile, of the whitepaper's. False: not higher, or its preconditions are not met, and nothing changed. */
  raiseProfile(profile: number): boolean
}
