/** Outputs that `probe relay` clicks, by the name that a person types. */
export const relays = ['contactor', 'shunt-trip', 'dead-man', 'red', 'green', 'blue', 'buzzer'] as const
export type Relay = (typeof relays)[number]
