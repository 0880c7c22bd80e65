const TONES_HZ = [659.25, 880]
const TONE_S = 0.22
const LOUDNESS = 0.18

let context: AudioContext | null = null

/** Two soft tones, one after the other. Browsers allow them once somebody has tapped on the page. */
export function chime(): void {
  if (!('AudioContext' in window)) return
  context ??= new AudioContext()
  void context.resume().catch(() => undefined)
  TONES_HZ.forEach((hertz, index) => tone(context as AudioContext, hertz, index * TONE_S))
}

function tone(sound: AudioContext, hertz: number, afterS: number): void {
  const [begin, end] = [sound.currentTime + afterS, sound.currentTime + afterS + 2 * TONE_S]
  const volume = sound.createGain()
  // A tone that is cut off clicks.
  volume.gain.setValueAtTime(LOUDNESS, begin)
  volume.gain.exponentialRampToValueAtTime(0.001, end)
  volume.connect(sound.destination)
  const source = sound.createOscillator()
  source.frequency.value = hertz
  source.connect(volume)
  source.start(begin)
  source.stop(end)
}
