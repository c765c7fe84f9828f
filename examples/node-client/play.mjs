// Joins or makes a room of a type, waits for company, says one line and ends when it has heard one of everybody.
//   node play.mjs HOST:PORT UID ROOM-TYPE PLAYERS
// Prints one JSON object a line: {"joined":…}, {"from":…,"text":…}, {"done":true}; exit code 1 after 20 seconds.
import { Reader, SkeinClient, string, varint } from './skein.mjs';

const JOIN_RANDOM = 0x0103, BROADCAST = 0x0105;
const ENTERED = 0x0180, ROSTER = 0x0181, JOINED = 0x0183, SAID = 0x0186;
const ROOM_VER = 1, REGISTERED = 1, TIMEOUT_MILLIS = 20_000;

const [http, uid, type, players] = process.argv.slice(2);
const wanted = Number(players);
const members = new Map();          // member number → uid
const heard = new Map();            // uid → text
let room = 0, said = false;

const print = line => console.log(JSON.stringify(line));
setTimeout(() => { print({ timeout: true }); process.exit(1); }, TIMEOUT_MILLIS).unref();

const client = await SkeinClient.connect(http, uid);
client.onClose = (code, text) => { print({ closed: code, text }); process.exit(1); };
client.onPush = (ver, cmd, payload) => {
  if (ver !== ROOM_VER) return;
  const r = new Reader(payload);
  const number = r.varint();
  if (cmd === ENTERED) {
    room = number;
    print({ joined: r.string() });
  } else if (number !== room) {
    return;
  } else if (cmd === ROSTER) {
    while (r.left > 0) members.set(r.varint(), r.string());
  } else if (cmd === JOINED) {
    members.set(r.varint(), r.string());
  } else if (cmd === SAID) {
    const from = members.get(r.varint()), text = r.rest().toString('utf8');
    heard.set(from, text);
    print({ from, text });
  }
  if (members.size === wanted && !said) {
    said = true;
    client.sendReliable(Buffer.concat([
      Buffer.from([0x01, 0, ROOM_VER]), Buffer.from([BROADCAST >> 8, BROADCAST & 0xff]), varint(room), Buffer.from(`hello from ${uid}`),
    ]));
  }
  if (heard.size === wanted) {
    print({ done: true });
    setTimeout(() => client.close(), 300);      // time for the last acknowledgements
    setTimeout(() => process.exit(0), 400);
  }
};

const terms = Buffer.concat([string(type), Buffer.from([REGISTERED]), varint(0), varint(0), varint(0)]);
await client.call(ROOM_VER, JOIN_RANDOM, Buffer.concat([terms, Buffer.from([1])]));
