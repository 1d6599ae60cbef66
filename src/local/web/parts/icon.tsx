/** Strokes on 24 x 24. */
const paths = {
  live: 'M13 2 4 14h7l-1 8 9-12h-7l1-8Z',
  sessions: 'M4 6h16M4 12h16M4 18h10',
  frames: 'M4 8h13m0 0-4-4m4 4-4 4M20 16H7m0 0 4-4m-4 4 4 4',
  settings: 'M4 7h9m5 0h2M4 17h2m5 0h9M16 4.5v5M8 14.5v5',
  health: 'M3 12h4l3-7 4 14 3-7h4',
  bench: 'M9 3v5m6-5v5M6 8h12v3a6 6 0 0 1-12 0V8Zm6 9v4',
  check: 'm5 12 5 5L20 7',
  info: 'M12 11v6m0-9.5v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  warning: 'M12 9v5m0 3v.5M10.3 4 2.6 17.6A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-2.9L13.7 4a2 2 0 0 0-3.4 0Z',
  close: 'M6 6l12 12M18 6 6 18',
  auto: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-18v18',
  light: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  back: 'M15 5l-7 7 7 7',
  download: 'M12 4v11m0 0-4-4m4 4 4-4M5 20h14',
  leave: 'M10 4H5v16h5M9 12h11m0 0-4-4m4 4-4 4',
  online: 'M5 12.5a10 10 0 0 1 14 0M8 15.5a6 6 0 0 1 8 0M12 19v.5M2 9.5a14.5 14.5 0 0 1 20 0',
  offline: 'M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M8 15.5a6 6 0 0 1 6-1M12 19v.5M14 9.800a10 10 0 0 1 5 2.700',
  map: 'M9 4 3 6.500v13.500l6-2.500 6 2.500 6-2.500V4l-6 2.500L9 4Zm0 0v13.500m6-11v13.500',
  charger:
    'M5 21V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v16M3.500 21h13M8 7h4m3 4h1.500a1.500 1.500 0 0 1 1.500 1.500v3a1.500 1.500 0 0 0 3 0V9l-2.500-3M10.500 11 9 14h2.500L10 17',
} as const

export type IconName = keyof typeof paths

/** For the eye only: the words beside it say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
