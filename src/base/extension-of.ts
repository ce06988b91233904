// The extension of a name, as file types and filters look at it.

/** From the last dot on, in lower case; `.` for a name without one. Dots and blanks at the end do not count, as on Windows. */
export function extensionOf(name: string): string {
  const written = name.replace(/[. ]+$/, '');
  const dot = written.lastIndexOf('.');
  return dot === -1 ? '.' : written.slice(dot).toLowerCase();
}
