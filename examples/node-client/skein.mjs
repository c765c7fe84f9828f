// A Skein client over UDP in plain Node.js (20 or newer), written from docs/PROTOCOL.md alone.
// Small rather than fast: one reliable-ordered channel, every reliable message in a packet of its own,
// sent again every 200 ms until acknowledged.
import crypto from 'node:crypto';
import dgram from 'node:dgram';

const VERSION = 1, AES_128_GCM = 1, DATAGRAM = 1200, TAG = 16;
const RESEND_MILLIS = 200, MAX_UNACKED = 256;

// ---- primitives -----------------------------------------------------------------------------------

const u16 = n => { const b = Buffer.alloc(2); b.writeUInt16BE(n); return b; };
const u32 = n => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key, data) => crypto.createHmac('sha256', key).update(data).digest();
const extract = (salt, ikm) => hmac(salt, ikm);

/** HKDF-Expand for up to 32 bytes: one block. */
const expand = (key, info, length) =>
  hmac(key, Buffer.concat([Buffer.from(info), Buffer.from([1])])).subarray(0, length);

const label = (text, hash) => Buffer.concat([Buffer.from(text), hash]);

/** RFC 9000 §16. */
export function varint(n) {
  if (n < 0x40) return Buffer.from([n]);
  if (n < 0x4000) return u16(n | 0x4000);
  if (n < 0x40000000) return u32((n | 0x80000000) >>> 0);
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(n) | 0xc000000000000000n);
  return b;
}

/** Reads fields one after the other; throws a RangeError on truncated input. */
export class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  get left() { return this.bytes.length - this.at; }
  take(n) {
    if (n > this.left) throw new RangeError('truncated');
    return this.bytes.subarray(this.at, this.at += n);
  }
  u8() { return this.take(1)[0]; }
  u16() { return this.take(2).readUInt16BE(); }
  u32() { return this.take(4).readUInt32BE(); }
  varint() {
    const first = this.u8(), more = (1 << (first >> 6)) - 1;
    let n = BigInt(first & 0x3f);
    for (const byte of this.take(more)) n = n << 8n | BigInt(byte);
    return Number(n);
  }
  blob() { return this.take(this.varint()); }
  string() { return this.blob().toString('utf8'); }
  rest() { return this.take(this.left); }
}

export const blob = bytes => Buffer.concat([varint(bytes.length), bytes]);
export const string = text => blob(Buffer.from(text, 'utf8'));

const X25519_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const rawPublic = key => key.export({ type: 'spki', format: 'der' }).subarray(-32);
const publicFrom = raw =>
  crypto.createPublicKey({ key: Buffer.concat([X25519_PREFIX, raw]), type: 'spki', format: 'der' });

/** One direction's keys (§4.1): `number >> 24` picks the epoch. */
class Direction {
  constructor(secret) { this.secrets = [secret]; this.keys = []; }
  at(number) {
    const epoch = Math.floor(number / 2 ** 24);
    while (this.secrets.length <= epoch) this.secrets.push(expand(this.secrets.at(-1), 'next', 32));
    return this.keys[epoch] ??= {
      key: expand(this.secrets[epoch], 'key', 16), iv: expand(this.secrets[epoch], 'iv', 12),
    };
  }
  nonce(number) {
    const nonce = Buffer.from(this.at(number).iv), n = Buffer.alloc(8);
    n.writeBigUInt64BE(BigInt(number));
    for (let i = 0; i < 8; i++) nonce[4 + i] ^= n[i];
    return nonce;
  }
  seal(number, header, plain) {
    const c = crypto.createCipheriv('aes-128-gcm', this.at(number).key, this.nonce(number));
    c.setAAD(header);
    return Buffer.concat([header, c.update(plain), c.final(), c.getAuthTag()]);
  }
  open(number, header, sealed) {
    const d = crypto.createDecipheriv('aes-128-gcm', this.at(number).key, this.nonce(number));
    d.setAAD(header);
    d.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([d.update(sealed.subarray(0, -TAG)), d.final()]);
  }
}

// ---- login ----------------------------------------------------------------------------------------

/** §2: asks the HTTP entry for an address, a ticket and its key. */
export async function login(http, uid, type = 'UDP') {
  const answer = await fetch(
    `http://${http}/endpoint/type/${type}/user/${encodeURIComponent(uid)}`, { method: 'POST' });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`entry refused: ${answer.status} ${body.code} ${body.text}`);
  return body;
}

// ---- session --------------------------------------------------------------------------------------

/** A connected user. `onPush(ver, cmd, payload)` is called for every PUSH. */
export class SkeinClient {
  static async connect(http, uid) {
    const client = new SkeinClient(await login(http, uid));
    await client.handshake();
    return client;
  }

  constructor(entry) {
    this.entry = entry;
    this.socket = dgram.createSocket('udp4');
    this.nextNumber = 0;          // our packet numbers
    this.nextOrderedId = 0;       // our ids on channel 0
    this.unacked = new Map();     // packet number → frame
    this.largestReceived = -1;
    this.received = new Set();    // packet numbers to acknowledge, the newest 1024
    this.expectedId = new Map();  // channel → next id to deliver
    this.early = new Map();       // `channel:id` → message that came before its turn
    this.calls = new Map();       // request id → {resolve, reject}
    this.nextRequest = 1;
    this.onPush = () => {};
    this.onClose = () => {};
  }

  /** §4: HELLO, COOKIE, PROOF, ACCEPT. */
  async handshake() {
    const { privateKey, publicKey } = crypto.generateKeyPairSync('x25519');
    const clientKey = rawPublic(publicKey), clientRandom = crypto.randomBytes(16);
    const ticket = Buffer.from(this.entry.ticket, 'base64url'), ticketKey = Buffer.from(this.entry.key, 'base64url');
    const start = type => Buffer.concat([Buffer.from([type]), u32(VERSION), Buffer.from([AES_128_GCM]), clientKey, clientRandom]);
    const padded = body => Buffer.concat([body, Buffer.alloc(DATAGRAM - body.length)]);

    const hello = padded(Buffer.concat([start(0x01), u16(ticket.length), ticket]));
    const unproven = Buffer.concat([start(0x03), u16(ticket.length), ticket]);
    const proof = Buffer.concat([unproven, hmac(expand(ticketKey, 'skein proof', 32), unproven)]);
    const transcript = answer => sha256(proof, answer.subarray(0, -32));
    const answers = new Set([0x04, 0x05]);
    const accept = await this.exchange(hello, cookie => padded(Buffer.concat([proof, cookie])), {
      cookieIn: d => d[0] === 0x02 && d.length === 57 && d.subarray(1, 17).equals(clientRandom) ? d.subarray(17) : null,
      isAnswer: d => answers.has(d[0]) && d.length > 49 && d.subarray(1, 17).equals(clientRandom)
        && hmac(expand(ticketKey, 'skein accept', 32), transcript(d)).equals(d.subarray(-32)),
    });

    const unsigned = accept.subarray(0, -32), hash = transcript(accept);
    const r = new Reader(unsigned);
    if (r.u8() === 0x05) { r.take(16); throw new Error(`refused with code ${r.u16()}`); }
    r.take(16);
    this.connectionId = r.take(8);
    const serverKey = r.take(32), processSalt = r.take(16);
    if (r.u8() !== AES_128_GCM) throw new Error('the server chose a cipher that was not offered');
    this.idleTimeoutMillis = r.u32();

    const shared = crypto.diffieHellman({ privateKey, publicKey: publicFrom(serverKey) });
    const secret = extract(Buffer.concat([processSalt, clientRandom]), Buffer.concat([ticketKey, shared]));
    this.out = new Direction(expand(secret, label('skein c2s', hash), 32));
    this.in = new Direction(expand(secret, label('skein s2c', hash), 32));
    this.socket.on('message', d => this.onDatagram(d));
    this.sendFrames([Buffer.from([0x01])]);                                     // confirms the session
    this.resendTimer = setInterval(() => this.resend(), RESEND_MILLIS);
    this.keepAliveTimer = setInterval(() => this.sendFrames([Buffer.from([0x01])]), this.idleTimeoutMillis / 3);
  }

  /**
   * Sends HELLO until a COOKIE comes, then HELLO and PROOF by turns, until the answer: after 250 ms, 500 ms and then
   * every second, for 10 s. A damaged COOKIE cannot be told from a good one, so the newest is used.
   */
  exchange(hello, proof, { cookieIn, isAnswer }) {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + 10_000;
      let wait = 250, timer, cookie = null, helloIsNext = true, cookieAwaited = false;
      const send = datagram => this.socket.send(datagram, this.entry.port, this.entry.host);
      const done = (act, value) => { clearTimeout(timer); this.socket.off('message', onMessage); act(value); };
      const later = () => { timer = setTimeout(onTimer, wait); wait = Math.min(wait * 2, 1000); };
      const onTimer = () => {
        if (Date.now() > deadline) return done(reject, new Error('no answer to the handshake'));
        if (helloIsNext) cookieAwaited = true;
        send(helloIsNext ? hello : proof(cookie));
        helloIsNext = !cookie || !helloIsNext;
        later();
      };
      const onCookie = fresh => {
        if (cookie?.equals(fresh)) return;
        if (!cookie) { clearTimeout(timer); wait = 250; later(); }
        cookie = Buffer.from(fresh);
        if (cookieAwaited) send(proof(cookie));
        cookieAwaited = false;
      };
      const onMessage = d => {
        const fresh = cookieIn(d);
        if (fresh) onCookie(fresh);
        else if (isAnswer(d)) done(resolve, Buffer.from(d));
      };
      this.socket.on('message', onMessage);
      onTimer();
    });
  }

  /** §6.1: seals one packet; numbers are sent in 4 bytes. Returns the number. */
  sendFrames(frames) {
    const number = this.nextNumber++;
    const header = Buffer.concat([Buffer.from([0x40 | 0x20 | 3]), this.connectionId, u32(number >>> 0)]);
    this.socket.send(this.out.seal(number, header, Buffer.concat(frames)), this.entry.port, this.entry.host);
    return number;
  }

  /** §7: a reliable-ordered message on channel 0, whole, to the end of the packet. */
  sendReliable(message) {
    if (this.unacked.size >= MAX_UNACKED) throw new Error('too many unacknowledged messages');
    const frame = Buffer.concat([Buffer.from([0x20 | 3 << 2, 0]), varint(this.nextOrderedId++), message]);
    this.unacked.set(this.sendFrames([frame]), frame);
  }

  resend() {
    for (const [number, frame] of [...this.unacked]) {
      this.unacked.delete(number);
      this.unacked.set(this.sendFrames([frame]), frame);
    }
  }

  onDatagram(datagram) {
    if (datagram.length < 1 + 1 + TAG || (datagram[0] & 0xe0) !== 0x40) return;
    const length = (datagram[0] & 3) + 1, header = datagram.subarray(0, 1 + length);
    const number = this.fullNumber(header.readUIntBE(1, length), length * 8);
    if (this.received.has(number) || number + 1024 <= this.largestReceived) return;
    let plain;
    try { plain = this.in.open(number, header, datagram.subarray(header.length)); } catch { return; }
    this.received.add(number);
    this.largestReceived = Math.max(this.largestReceived, number);
    for (const old of this.received) if (old + 1024 <= this.largestReceived) this.received.delete(old);
    if (this.onFrames(new Reader(plain))) this.sendFrames([this.ackFrame()]);
  }

  /** RFC 9000 appendix A.3. */
  fullNumber(truncated, bits) {
    const expected = this.largestReceived + 1, window = 2 ** bits, half = window / 2;
    const candidate = expected - expected % window + truncated;
    if (candidate <= expected - half) return candidate + window;
    if (candidate > expected + half && candidate >= window) return candidate - window;
    return candidate;
  }

  /** Handles all frames; true if the packet wants an ACK. */
  onFrames(r) {
    let eliciting = false;
    while (r.left > 0) {
      const type = r.u8();
      if (type === 0x00) continue;
      if (type === 0x02) { this.onAck(r); continue; }
      if (type === 0x05) { const code = r.varint(), text = r.string(); this.stop(); this.onClose(code, text); return false; }
      eliciting = true;
      if (type === 0x03) this.sendFrames([Buffer.from([0x04]), r.take(8)]);
      else if (type === 0x04) r.take(8);
      else if (type >= 0x20 && type <= 0x2f) this.onMessageFrame(type, r);
      else if (type !== 0x01) throw new Error(`unknown frame ${type}`);
    }
    return eliciting;
  }

  onAck(r) {
    let high = r.varint();
    r.varint();                                                                   // delay
    const ranges = r.varint();
    let low = high - r.varint();
    const acked = (from, to) => { for (const n of [...this.unacked.keys()]) if (n >= from && n <= to) this.unacked.delete(n); };
    acked(low, high);
    for (let i = 0; i < ranges; i++) {
      high = low - r.varint() - 2;
      low = high - r.varint();
      acked(low, high);
    }
  }

  /** Our ACK: up to 32 ranges, newest first. */
  ackFrame() {
    const numbers = [...this.received].sort((a, b) => b - a), ranges = [];
    for (const n of numbers) {
      const last = ranges.at(-1);
      if (last && last.low === n + 1) last.low = n;
      else if (ranges.length < 32) ranges.push({ high: n, low: n });
      else break;
    }
    const parts = [Buffer.from([0x02]), varint(ranges[0].high), varint(0), varint(ranges.length - 1), varint(ranges[0].high - ranges[0].low)];
    for (let i = 1; i < ranges.length; i++)
      parts.push(varint(ranges[i - 1].low - ranges[i].high - 2), varint(ranges[i].high - ranges[i].low));
    return Buffer.concat(parts);
  }

  onMessageFrame(type, r) {
    const kind = type >> 2 & 3;
    if (type & 2) throw new Error('this small client takes no fragments');
    const channel = kind === 1 || kind === 3 ? r.u8() : 0;
    const id = kind === 0 ? 0 : r.varint();
    const data = type & 1 ? r.blob() : r.rest();
    if (kind !== 3) return this.onMessage(new Reader(data));
    this.early.set(`${channel}:${id}`, data);
    for (let next = this.expectedId.get(channel) ?? 0; ; next++) {
      this.expectedId.set(channel, next);
      const message = this.early.get(`${channel}:${next}`);
      if (!message) break;
      this.early.delete(`${channel}:${next}`);
      this.onMessage(new Reader(message));
    }
    for (const key of this.early.keys()) {                                        // forget what was delivered before
      const [c, i] = key.split(':').map(Number);
      if (i < (this.expectedId.get(c) ?? 0)) this.early.delete(key);
    }
  }

  /** §10. */
  onMessage(r) {
    const type = r.u8();
    if (type === 0x03) return this.onPush(r.u8(), r.u16(), r.rest());
    if (type !== 0x02) throw new Error(`unknown message ${type}`);
    const call = this.calls.get(r.varint());
    r.u8(); r.u16();
    const status = r.u8();
    if (!call) return;
    if (status === 1) call.resolve(r.rest());
    else call.reject(Object.assign(new Error(`status ${status}`), { status, code: r.u16(), text: r.rest().toString('utf8') }));
  }

  /** Sends a command and waits for its response's payload. */
  call(ver, cmd, payload = Buffer.alloc(0)) {
    const id = this.nextRequest++;
    return new Promise((resolve, reject) => {
      const end = act => value => { this.calls.delete(id); act(value); };
      this.calls.set(id, { resolve: end(resolve), reject: end(reject) });
      this.sendReliable(Buffer.concat([Buffer.from([0x01]), varint(id), Buffer.from([ver]), u16(cmd), payload]));
    });
  }

  close() {
    this.sendFrames([Buffer.from([0x05]), varint(1000), varint(0)]);
    this.stop();
  }

  stop() {
    clearInterval(this.resendTimer);
    clearInterval(this.keepAliveTimer);
    setTimeout(() => this.socket.close(), 50);
  }
}
