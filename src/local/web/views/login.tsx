import { useState } from 'preact/hooks'
import { ProblemError, wordsOf } from '../asking.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { logIn } from '../state/access.ts'

export function Login() {
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await logIn(password)
    } catch (error) {
      setProblem(error instanceof ProblemError && error.problem.status === 401 ? 'That is not the password of this charger.' : wordsOf(error))
    }
  }
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <span class="brand-mark">
          <Icon name="live" />
        </span>
        <h1>Charger</h1>
        <Field
          label="Password"
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
          problem={problem}
          hint="Of this charger. Where it made its own one, the command 'pilotwire password' shows it."
        />
        <Button kind="main" type="submit">
          Log in
        </Button>
      </form>
    </main>
  )
}
