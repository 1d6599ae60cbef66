import { useState } from 'preact/hooks'
import { ProblemError, wordsOf } from '../../src/local/web/asking.ts'
import { Button } from '../../src/local/web/parts/button.tsx'
import { Field } from '../../src/local/web/parts/field.tsx'
import { logIn } from './state/access.ts'
import { Brand } from './top.tsx'

export function Login() {
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await logIn(token.trim())
    } catch (error) {
      setProblem(error instanceof ProblemError && error.problem.status === 401 ? 'That is not the token of this central system.' : wordsOf(error))
    }
  }
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>
          <Brand />
        </h1>
        <Field
          label="Token"
          type="password"
          autocomplete="current-password"
          value={token}
          onValue={setToken}
          problem={problem}
          hint="The central system prints it at its start, at the end of the address of this page."
        />
        <Button kind="main" type="submit">
          Log in
        </Button>
      </form>
    </main>
  )
}
