/** Nothing of elsewhere is loaded, framed or called but the tiles of the map; what is written on the page cannot become a script. */
export function securityHeaders(tiles: string | undefined): Readonly<Record<string, string>> {
  const images = ["'self'", 'data:', 'blob:', ...tileSources(tiles)].join(' ')
  return {
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src ${images}; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Public tile servers want to know which page shows their tiles; they learn its origin, nothing behind it.
    'Referrer-Policy': tiles === undefined ? 'same-origin' : 'strict-origin-when-cross-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/** Where `https://{s}.tile.example/{z}/{x}/{y}.png` comes from: `https://*.tile.example`. */
function tileSources(tiles: string | undefined): readonly string[] {
  const [, scheme = '', host = ''] = /^(https?):\/\/([^/?#]+)/i.exec(tiles ?? '') ?? []
  const wild = host.replace(/^\{s\}\./, '*.')
  return /^[\w.*:[\]-]+$/.test(wild) ? [`${scheme}://${wild}`] : []
}
