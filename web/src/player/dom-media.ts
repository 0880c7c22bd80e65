// The media port on a <video> element. hls.js is loaded only when a lecture is.

import type Hls from 'hls.js/light'
import type { Media } from '@xueshi/client'

const NETWORK_RETRY_MS = 3_000

/** The picture that the line carries, always the best or the least one, or none at all. */
export type Quality = 'auto' | 'clear' | 'smooth' | 'audio'

export class DomMedia implements Media {
  private hls: Hls | null = null
  /** Where to go as soon as the element knows its media. */
  private pending: number | null = null
  private url = ''
  /** What hls.js has been given of it. */
  private loaded = ''
  /** The rendition without a picture, which hls.js leaves out of its ladder. */
  private audioUrl: string | null = null
  private loads = 0
  private recovered = false
  /** Attaching media pauses the element; what was wanted before is taken up again. */
  private wanted = false

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly failed: () => void,
    private quality: Quality,
    private readonly offers: (qualities: Quality[]) => void,
  ) {
    video.addEventListener('loadedmetadata', () => this.arrive())
    video.addEventListener('error', () => {
      if (this.hls === null && video.hasAttribute('src')) failed()
    })
  }

  position(): number {
    return this.pending ?? Math.floor(this.video.currentTime * 1000)
  }

  load(url: string): void {
    this.url = url
    this.audioUrl = null
    this.pending ??= 0
    void this.attach().catch(this.failed)
  }

  /** Loads the same media again, after a failure. */
  reload(): void {
    this.pending = this.position()
    void this.attach().catch(this.failed)
  }

  /** Another quality, from where it plays. */
  choose(quality: Quality): void {
    this.quality = quality
    if (this.source() !== this.loaded) this.reload()
    else this.climb()
  }

  async play(): Promise<void> {
    this.wanted = true
    try {
      await this.video.play()
    } catch (thrown) {
      // Anything but "a tap first" is told by the element's events, or is a pause that came in between.
      if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') throw thrown
    }
  }

  pause(): void {
    this.wanted = false
    this.video.pause()
  }

  seek(to: number): void {
    if (this.video.readyState >= HTMLMediaElement.HAVE_METADATA) this.video.currentTime = to / 1000
    else this.pending = to
  }

  destroy(): void {
    this.loads += 1
    this.hls?.destroy()
    this.hls = null
    this.video.removeAttribute('src')
  }

  private source(): string {
    return (this.quality === 'audio' && this.audioUrl) || this.url
  }

  /** Has the next segments come from the chosen rung of the ladder. */
  private climb(): void {
    if (!this.hls) return
    const rungs = { auto: -1, audio: -1, smooth: 0, clear: this.hls.levels.length - 1 }
    this.hls.nextLevel = rungs[this.quality]
  }

  private arrive(): void {
    if (this.pending !== null) this.video.currentTime = this.pending / 1000
    this.pending = null
    if (this.wanted) void this.play().catch(this.failed)
  }

  private async attach(): Promise<void> {
    const mine = (this.loads += 1)
    this.hls?.destroy()
    this.hls = null
    this.recovered = false
    const { default: HlsPlayer } = await import('hls.js/light')
    if (mine !== this.loads) return
    // Asked first, because browsers that play HLS by themselves claim more than they do.
    if (!HlsPlayer.isSupported()) {
      this.video.src = this.url
      return
    }
    this.hls = new HlsPlayer({ startPosition: (this.pending ?? 0) / 1000, capLevelToPlayerSize: true })
    this.listen(HlsPlayer, this.hls)
    this.loaded = this.source()
    this.hls.loadSource(this.loaded)
    this.hls.attachMedia(this.video)
  }

  private listen(HlsPlayer: typeof Hls, hls: Hls): void {
    const { Events, ErrorTypes } = HlsPlayer
    // Of the playlist by itself there is nothing to choose, and what the whole offers stays.
    hls.on(Events.MANIFEST_LOADED, (_event, { levels }) => {
      if (this.hls !== hls || this.loaded !== this.url) return
      const silent = levels.find(({ videoCodec, audioCodec, width }) => audioCodec && !videoCodec && !width)
      const pictures = levels.filter((level) => level !== silent).length
      this.audioUrl = pictures > 0 ? (silent?.url ?? null) : null
      this.offers([
        'auto',
        ...(pictures > 1 ? (['clear', 'smooth'] as const) : []),
        ...(this.audioUrl ? (['audio'] as const) : []),
      ])
    })
    // Afterwards, because another source ends the one that tells of this.
    hls.on(Events.MANIFEST_PARSED, () => queueMicrotask(() => this.hls === hls && this.choose(this.quality)))
    hls.on(Events.ERROR, (_event, data) => {
      if (!data.fatal || this.hls !== hls) return
      if (data.type === ErrorTypes.NETWORK_ERROR && hls.levels.length > 0) {
        // The network comes back; what is buffered plays on meanwhile.
        setTimeout(() => this.hls === hls && hls.startLoad(), NETWORK_RETRY_MS)
      } else if (data.type === ErrorTypes.MEDIA_ERROR && !this.recovered) {
        this.recovered = true
        hls.recoverMediaError()
      } else {
        this.failed()
      }
    })
  }
}
