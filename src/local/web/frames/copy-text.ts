import { say } from '../state/said.ts'

/** Puts a text where the next paste takes it from, and says so. Browsers give the clipboard only to pages of https or of this machine:
 *  on the charger's own network the old way is what works. */
export async function copyText(text: string, what: string): Promise<void> {
  const isCopied = (await byClipboard(text)) || bySelection(text)
  say(isCopied ? 'good' : 'bad', isCopied ? `${what} copied` : 'This browser does not let the page copy: select the text by hand')
}

async function byClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard === undefined) return false
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

function bySelection(text: string): boolean {
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } finally {
    field.remove()
    if (before instanceof HTMLElement) before.focus()
  }
}
