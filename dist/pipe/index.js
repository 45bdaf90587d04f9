import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: ./tunnel/frames.js
/*
 * A program's output and its standard error on one stream, each piece as: one byte, 1 or 2; its length as 32 bits, big-endian; the bytes.
 * In the legacy protocol build logs are standard error (build-remote.cc, `log-fd`).
 */
const STDOUT = 1;
const STDERR = 2;
const HEAD_BYTES = 5;
function writeFrame(to, descriptor, bytes) {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(descriptor);
    head.writeUInt32BE(bytes.length, 1);
    to.cork();
    to.write(head);
    to.write(bytes);
    to.uncork();
}
/** Takes frames apart as they arrive, in pieces of any size. */
class FrameReader {
    #deliver;
    #head = Buffer.alloc(HEAD_BYTES);
    #headBytes = 0;
    /** Of the frame that is being read. */
    #left = 0;
    constructor(deliver) {
        this.#deliver = deliver;
    }
    push(chunk) {
        let rest = chunk;
        while (rest.length > 0)
            rest = this.#left === 0 ? this.#readHead(rest) : this.#readBytes(rest);
    }
    #readHead(chunk) {
        const taken = chunk.copy(this.#head, this.#headBytes);
        this.#headBytes += taken;
        if (this.#headBytes === HEAD_BYTES) {
            this.#headBytes = 0;
            this.#left = this.#head.readUInt32BE(1);
        }
        return chunk.subarray(taken);
    }
    #readBytes(chunk) {
        const bytes = chunk.subarray(0, this.#left);
        this.#left -= bytes.length;
        this.#deliver(this.#head.readUInt8(), bytes);
        return chunk.subarray(bytes.length);
    }
}

;// CONCATENATED MODULE: ./tunnel/greeting.js
/*
 * What a client of the tunnel hears before the first byte of the remote: one line, which says how to read what follows, or why nothing
 * does. The worker and the serve protocol let the client speak first, so that nobody waits for it; and what Nix's users would else read
 * is no more than "unexpected end-of-file".
 */
const LINE_END = '\n';
const REFUSAL = '!';
const FRAMES = '+';
/** Nothing that a tunnel says is longer, characters. */
const LONGEST = 8192;
const BYTES_FOLLOW = Buffer.from(LINE_END);
const FRAMES_FOLLOW = Buffer.from(`${FRAMES}${LINE_END}`);
/** @param reason one line */
function refusal(reason) {
    return Buffer.from(`${REFUSAL}${reason.slice(0, LONGEST / 2)}${LINE_END}`);
}
/** @returns undefined while the line is not complete */
function parseGreeting(heard) {
    const end = heard.indexOf(LINE_END);
    if (end === -1 && heard.length < LONGEST)
        return undefined;
    const line = heard.toString('utf8', 0, Math.max(end, 0));
    const rest = heard.subarray(end + 1);
    if (end === 0)
        return { kind: 'bytes', rest };
    if (line === FRAMES)
        return { kind: 'frames', rest };
    const reason = line.startsWith(REFUSAL) ? line.slice(1) : 'what listens there is no tunnel';
    return { kind: 'refusal', reason };
}

;// CONCATENATED MODULE: ./tunnel/relay.js
/** What may wait for a side that reads slowly, bytes. Streams' own limit is one chunk: each would stop the other side. */
const WAITING_LIMIT = 1024 * 1024;
/**
 * Sends all that one side says to the other, and then its end. Unlike `pipe()`, this touches nothing of process.stdout, which would
 * take the descriptor for itself.
 */
function relay(from, to) {
    forward(from, to, (chunk) => to.write(chunk));
    from.on('end', () => to.end());
}
/** Sends on what one side says. While the other does not take it, the one is not read; what comes after the other's end is dropped. */
function forward(from, to, send) {
    from.on('data', (chunk) => {
        if (to.writableEnded || to.destroyed)
            return;
        send(chunk);
        if (to.writableLength <= WAITING_LIMIT)
            return;
        from.pause();
        to.once('drain', () => from.resume());
    });
}

;// CONCATENATED MODULE: ./pipe.js
/**
 * `pipe SOCKET NAME` is what Nix runs in place of `ssh`: it joins its standard input and output to a tunnel, byte for byte, both ends
 * included. The name is the remote's, for people. Nix adds arguments for the program that it believes to start (`--stdio`); the tunnel knows them already.
 *
 * Each of Nix's connections waits for this program to start, so that it imports next to nothing. After a transfer it ends by
 * having nothing left to do: in process.exit() Node 24.21.0 hangs now and then.
 */





const STDIN = 0;
const [socketPath = '', pipe_name = ''] = process.argv.slice(2);
const input = standardPipe({ fd: STDIN, readable: true, writable: false });
const output = standardPipe({ fd: STDOUT, readable: false, writable: true });
const tunnel = (0,external_node_net_namespaceObject.connect)({ path: socketPath, allowHalfOpen: true });
let heard = Buffer.alloc(0);
let isGreeted = false;
/** Whether standard error waits until it is read. */
let waits = true;
tunnel.on('data', listen);
tunnel.on('end', () => isGreeted ? leave() : fail(`nobody answers for ${pipe_name} any more, at ${socketPath}`));
tunnel.on('error', (error) => fail(whatHappened(error)));
// Nix is gone, or has heard enough.
input.on('error', () => leave());
output.on('error', () => leave());
relay(input, tunnel);
/** process.stdin and process.stdout take longer to make, and the latter waits while it writes. */
function standardPipe(options) {
    try {
        return new external_node_net_namespaceObject.Socket(options);
    }
    catch {
        process.stderr.write('nix-remote-build: Nix starts this, with pipes for its input and output\n');
        process.exit(1);
    }
}
/** Until the tunnel has greeted; from then on what it says is for Nix. */
function listen(chunk) {
    heard = Buffer.concat([heard, chunk]);
    const greeting = parseGreeting(heard);
    if (greeting === undefined)
        return;
    isGreeted = true;
    tunnel.off('data', listen);
    if (greeting.kind === 'refusal') {
        fail(greeting.reason);
        return;
    }
    const send = greeting.kind === 'bytes' ? print : readFrames();
    send(greeting.rest);
    forward(tunnel, output, send);
}
function print(bytes) {
    output.write(bytes);
}
function readFrames() {
    const reader = new FrameReader((descriptor, bytes) => {
        if (descriptor === STDERR)
            tell(bytes);
        else
            print(bytes);
    });
    return (chunk) => reader.push(chunk);
}
/**
 * Waits until all is taken: Nix stops listening to a build's log when it has the result, which follows on the other stream. Only where
 * somebody has made the descriptor one that does not wait, the result may come first.
 */
function tell(bytes) {
    let rest = bytes;
    try {
        while (waits && rest.length > 0)
            rest = rest.subarray((0,external_node_fs_namespaceObject.writeSync)(STDERR, rest));
    }
    catch {
        waits = false;
    }
    if (rest.length > 0)
        process.stderr.write(rest);
}
function fail(reason) {
    process.exitCode = 1;
    process.stderr.write(`nix-remote-build: ${reason}\n`);
    leave();
}
/** What is on its way to Nix still arrives. */
function leave() {
    output.end();
    input.destroy();
    tunnel.destroy();
}
function whatHappened({ code, message }) {
    if (code === 'ENOENT' || code === 'ECONNREFUSED') {
        return `this job holds no connection to ${pipe_name} any more: nobody listens at ${socketPath}`;
    }
    if (code === 'EACCES') {
        return `only root and the user whose job it is may use the connection to ${pipe_name}, at ${socketPath}`;
    }
    return `the way to ${pipe_name} at ${socketPath} broke: ${message}`;
}

