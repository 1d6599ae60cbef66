import { render } from 'preact'
import { applyTheme } from '../../src/local/web/state/look.ts'
import { App } from './app.tsx'

applyTheme()
const place = document.getElementById('page')
if (place !== null) render(<App />, place)
