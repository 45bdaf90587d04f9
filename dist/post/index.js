import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 181:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("buffer");

/***/ }),

/***/ 7598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("process");

/***/ }),

/***/ 9680:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Cp: () => (/* binding */ exitSoon),
  FX: () => (/* binding */ warnOnCrash)
});

// UNUSED EXPORTS: failOnCrash, reportFailure

// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js + 19 modules
var lib_core = __nccwpck_require__(8024);
// EXTERNAL MODULE: ./domain/errors.js
var errors = __nccwpck_require__(2443);
// EXTERNAL MODULE: ./domain/outcome.js
var outcome = __nccwpck_require__(2222);
;// CONCATENATED MODULE: ./action/failures.js

/** What failed, what failed by itself before its consequences: a failed dependency may be another attribute. */
function failuresByCause(outcomes) {
    return outcomes
        .filter(({ status }) => !isGood(status))
        .sort((one, other) => distance(one) - distance(other));
}
/** Built, but not where it was wanted. */
function isUncopied({ status, error }) {
    return isGood(status) && error !== undefined;
}
/** From the cause. */
function distance({ status }) {
    if (status === 'cancelled')
        return 2;
    return status === 'dependency-failed' ? 1 : 0;
}
/** What is wrong and what to do, as one text. */
function errorText({ message, hint }) {
    if (hint === undefined)
        return message;
    return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
}

;// CONCATENATED MODULE: ./action/crash.js



/** Fails the step with one line that says what is wrong and what to do; the stack goes to the debug log. */
function reportFailure(thrown) {
    const error = toError(thrown);
    core.setFailed(describe(error));
    for (const line of causes(error))
        core.debug(line);
}
/** Whatever nobody caught fails the step: no throw passes as success. */
function failOnCrash() {
    const crash = (thrown) => {
        reportFailure(thrown);
        process.exit(1);
    };
    process.on('uncaughtException', crash);
    process.on('unhandledRejection', crash);
}
/** In post, trouble is only told of: the job's result is no longer ours. */
function warnOnCrash() {
    const warn = (thrown) => {
        lib_core/* warning */.$e(`Cleaning up did not finish: ${describe((0,errors/* toError */.iT)(thrown))}`);
        process.exit(0);
    };
    process.on('uncaughtException', warn);
    process.on('unhandledRejection', warn);
}
/** Milliseconds for what ends by itself once all is done: sockets that say farewell, children whose pipes were closed. */
const LAST_GRACE = 5000;
/** All is done: a handle that somebody forgot cannot keep the job from ending. */
function exitSoon() {
    setTimeout(() => process.exit(), LAST_GRACE).unref();
}
function describe(error) {
    return error instanceof errors/* ActionError */.lZ ? errorText(error) : error.message;
}
function causes(error) {
    const lines = [error.stack ?? error.message];
    if (error.cause instanceof Error)
        lines.push(...causes(error.cause));
    return lines;
}


/***/ }),

/***/ 6567:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  t: () => (/* binding */ cleanup)
});

// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js + 19 modules
var lib_core = __nccwpck_require__(8024);
;// CONCATENATED MODULE: ./domain/format.js
/** `3.1 s`, `4 min 05 s`, `2 h 03 min`. */
function formatSeconds(seconds) {
    if (seconds < 9.95)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    if (whole < 60)
        return `${whole} s`;
    if (whole < 3600)
        return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
/** `812 B`, `3.4 MB`: powers of 1000, as disks and networks count. */
function formatBytes(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let value = bytes;
    let index = 0;
    while (value >= 999.5 && index < units.length - 1) {
        value /= 1000;
        index += 1;
    }
    const digits = index === 0 || value >= 99.95 ? 0 : 1;
    return `${value.toFixed(digits)} ${units[index] ?? 'TB'}`;
}
/** `1 path`, `2 paths`. */
function plural(count, noun) {
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
function pad(value) {
    return String(value).padStart(2, '0');
}

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
// EXTERNAL MODULE: ./domain/errors.js
var errors = __nccwpck_require__(2443);
;// CONCATENATED MODULE: ./action/cache/deadline.js
/** Ends what listens to its signal: after so long in all, after so long without news, and with its own end. */
class Deadline {
    signal;
    #over = new AbortController();
    #total;
    #silence;
    constructor({ totalMs, silentMs }, outer) {
        const { signal } = this.#over;
        this.signal = outer ? AbortSignal.any([outer, signal]) : signal;
        this.#total = this.#endAfter(totalMs, 'it was not done within');
        this.#silence =
            silentMs === undefined ? undefined : this.#endAfter(silentMs, 'nothing was heard for');
    }
    /** Something came, or went. */
    heard() {
        if (!this.signal.aborted)
            this.#silence?.refresh();
    }
    [Symbol.dispose]() {
        clearTimeout(this.#total);
        clearTimeout(this.#silence);
        this.#over.abort(new Error('nobody waits for it any more'));
    }
    #endAfter(ms, text) {
        return setTimeout(() => this.#over.abort(new Error(`${text} ${ms / 1000} s`)), ms);
    }
}

;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: ./action/cache/put-aside.js


const KEY = '.key';
const SEALED = '.sealed';
/** Where main puts sealed entries for post: a folder that is made with the first of them. */
class PutAsideFolder {
    #parent;
    #onMade;
    #made;
    #count = 0;
    /** @param onMade is told of the folder before anything is in it */
    constructor(parent, onMade) {
        this.#parent = parent;
        this.#onMade = onMade;
    }
    /** @param write writes the sealed entry to a file that does not exist yet */
    async add(key, write) {
        this.#made ??= this.#make();
        const folder = await this.#made;
        this.#count += 1;
        const name = path.join(folder, String(this.#count));
        await write(`${name}${SEALED}`);
        // With the key it counts: a main that is killed leaves no half of an entry.
        await writeFile(`${name}.new`, key, { flag: 'wx', mode: 0o600 });
        await rename(`${name}.new`, `${name}${KEY}`);
    }
    async #make() {
        const folder = await mkdtemp(path.join(this.#parent, 'nix-remote-build-kept-'));
        this.#onMade(folder);
        return folder;
    }
}
/** What is in such a folder. */
async function listPutAside(folder) {
    const names = (await (0,promises_namespaceObject.readdir)(folder)).filter((name) => name.endsWith(KEY)).sort();
    return Promise.all(names.map(async (name) => ({
        key: await (0,promises_namespaceObject.readFile)(external_node_path_namespaceObject.join(folder, name), 'utf8'),
        file: external_node_path_namespaceObject.join(folder, `${name.slice(0, -KEY.length)}${SEALED}`),
    })));
}
async function removePutAside(folder) {
    await (0,promises_namespaceObject.rm)(folder, { recursive: true, force: true });
}

;// CONCATENATED MODULE: ./action/cache/save.js
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});




/** For all that a job keeps. */
const LIMITS = { totalMs: 120_000, silentMs: 10_000 };
/** Saves what main put aside, and removes it. Never rejects for what the service does; ends within two minutes. */
async function savePutAside(folder, service) {
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const deadline = __addDisposableResource(env_1, new Deadline(LIMITS), false);
            const entries = await listPutAside(folder);
            const results = await Promise.all(entries.map((entry) => save(entry, service, deadline)));
            const saved = results.filter(({ outcome }) => outcome === 'saved');
            return {
                saved: saved.length,
                bytes: saved.reduce((sum, { bytes }) => sum + bytes, 0),
                trouble: results.find(({ trouble }) => trouble !== undefined)?.trouble,
            };
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            __disposeResources(env_1);
        }
    }
    finally {
        service.close();
        await removePutAside(folder);
    }
}
async function save({ key, file }, service, deadline) {
    try {
        const { size: bytes } = await (0,promises_namespaceObject.stat)(file);
        return { outcome: await service.save(key, file, deadline), bytes };
    }
    catch (thrown) {
        return { outcome: 'failed', bytes: 0, trouble: (0,errors/* toError */.iT)(thrown).message };
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: ./domain/json.js
/** Reads a field of JSON that another process wrote; each throws TypeError naming what is not as it should be. */
function record(value, name) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return value;
    }
    throw wrong(name, 'an object');
}
function list(value, name) {
    if (Array.isArray(value))
        return value;
    throw wrong(name, 'a list');
}
function string(value, name) {
    if (typeof value === 'string')
        return value;
    throw wrong(name, 'a string');
}
function number(value, name) {
    if (typeof value === 'number')
        return value;
    throw wrong(name, 'a number');
}
function wrong(name, expected) {
    return new TypeError(`${name} is not ${expected}`);
}

// EXTERNAL MODULE: ./domain/text.js
var domain_text = __nccwpck_require__(3295);
;// CONCATENATED MODULE: ./action/at-most.js
/** An answer has more bytes than it may have. */
class TooLarge extends Error {
    name = 'TooLarge';
    constructor(mostBytes) {
        super(`the answer is larger than ${mostBytes} bytes`);
    }
}
/**
 * The bytes of an answer, as they come, and no more than so many: where more are announced, not one.
 * @throws TooLarge
 */
async function* atMost(answer, mostBytes) {
    if (Number(answer.headers['content-length'] ?? 0) > mostBytes) {
        answer.destroy();
        throw new TooLarge(mostBytes);
    }
    let left = mostBytes;
    for await (const chunk of answer) {
        left -= chunk.length;
        if (left < 0)
            throw new TooLarge(mostBytes);
        yield chunk;
    }
}

;// CONCATENATED MODULE: external "node:events"
const external_node_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");
;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http");
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:https");
;// CONCATENATED MODULE: external "node:stream/promises"
const external_node_stream_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");
;// CONCATENATED MODULE: ./action/cache/http.js




/** Bytes of an answer that is read as a whole. */
const LONGEST_TEXT = 1_000_000;
/**
 * HTTP as far as the cache takes it; in contrast to `fetch` by way of the proxies that the environment names, as GitHub's runner has
 * them. Every request ends with its deadline.
 */
class HttpClient {
    #agents;
    constructor(env) {
        // A connection that was used before may have been closed just now, and a body cannot be sent twice.
        const options = { keepAlive: false, proxyEnv: env };
        this.#agents = { 'http:': new external_node_http_namespaceObject.Agent(options), 'https:': new external_node_https_namespaceObject.Agent(options) };
    }
    /** @returns the answer, its content unread */
    async send({ method, url, headers = {}, body }, deadline) {
        const { request } = url.protocol === 'https:' ? external_node_https_namespaceObject : external_node_http_namespaceObject;
        const agent = this.#agents[url.protocol];
        const { signal } = deadline;
        signal.throwIfAborted();
        const sent = request(url, { method, headers, signal, ...(agent && { agent }) });
        sent.on('error', () => undefined); // what comes after the answer is seen by who reads that
        const answered = (0,external_node_events_namespaceObject.once)(sent, 'response');
        // A server may answer, and hang up, before it was sent everything.
        if (body)
            (0,external_node_stream_promises_namespaceObject.pipeline)(noted(body, deadline), sent).catch(() => undefined);
        else
            sent.end();
        try {
            const [response] = await answered;
            deadline.heard();
            response.on('error', () => undefined);
            return response;
        }
        catch (error) {
            signal.throwIfAborted(); // says why
            throw error;
        }
    }
    /** @returns the status and the whole of the answer */
    async text(request, deadline) {
        const response = await this.send(request, deadline);
        const chunks = [];
        let size = 0;
        for await (const chunk of noted(response, deadline)) {
            size += chunk.length;
            if (size > LONGEST_TEXT)
                throw new Error('the answer is too long');
            chunks.push(chunk);
        }
        return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
    }
    close() {
        for (const agent of Object.values(this.#agents))
            agent.destroy();
    }
}
/** The same, each piece of it a sign of life. */
async function* noted(source, deadline) {
    try {
        for await (const chunk of source) {
            deadline.heard();
            yield chunk;
        }
    }
    catch (error) {
        deadline.signal.throwIfAborted();
        throw error;
    }
}

;// CONCATENATED MODULE: ./action/cache/service.js







/*
 * GitHub's cache service, as its own client (@actions/cache 6) speaks to it: three calls of Twirp with JSON, and a blob of Azure's behind
 * a signed address.
 *
 * That client itself is not used: it unpacks what it downloads, with `tar -P`, before anybody can look at it. So who may write to the
 * cache could write any file of the runner's user, and no seal would help. Nor does it end when it is told to.
 */
const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';
/** Entries of another version are not found. With that client it says what is in the archive, and how it is packed. */
const VERSION = (0,external_node_crypto_.createHash)('sha256').update('nix-remote-build sealed 1').digest('hex');
/** Bytes that are sent in one request. A blob may have 50,000 such blocks. */
const BLOCK = 32 * 1024 * 1024;
/** Blocks under way at a time. */
const PARALLEL_BLOCKS = 4;
/** The cache service of the GitHub that runs the job. Everything rejects where it does not answer as it should. */
class CacheService {
    canRead;
    canWrite;
    #http;
    #base;
    #token;
    constructor(base, token, mode, env) {
        this.#base = base;
        this.#token = token;
        // Words that nobody knows yet allow everything, as with GitHub's client.
        this.canRead = !['none', 'write-only'].includes(mode);
        this.canWrite = !['none', 'read'].includes(mode);
        this.#http = new HttpClient(env);
    }
    /** @returns undefined where the job has none: outside of GitHub, and on an Enterprise Server, whose service is an older one */
    static of(env) {
        const base = env['ACTIONS_RESULTS_URL'] ?? '';
        const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
        const hasService = (env['ACTIONS_CACHE_SERVICE_V2'] ?? '') !== '' && !isEnterpriseServer(env);
        if (!hasService || token === '' || !URL.canParse(base))
            return undefined;
        const mode = (env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
        return new CacheService(base, token, mode, env);
    }
    /** The entry of that key, else the newest whose key begins with `prefix`. */
    async find(key, prefix, deadline) {
        const restoreKeys = prefix === undefined ? [] : [prefix];
        const question = { key, restore_keys: restoreKeys, version: VERSION };
        const { status, reply } = await this.#call('GetCacheEntryDownloadURL', question, deadline);
        if (status === 404 || words(reply).includes('cache read denied'))
            return undefined;
        if (status === 200 && reply['ok'] !== true)
            return undefined;
        requireGood(status, reply);
        return {
            key: string(reply['matched_key'], 'matched_key'),
            url: new URL(string(reply['signed_download_url'], 'signed_download_url')),
        };
    }
    /**
     * An entry's bytes, as they come. Rejects when they are fewer than were announced.
     * @throws TooLarge
     */
    async *download({ url }, deadline, mostBytes) {
        const response = await this.#http.send({ method: 'GET', url }, deadline);
        if (response.statusCode !== 200) {
            response.resume();
            throw new Error(`the download was answered with ${response.statusCode ?? 0}`);
        }
        yield* noted(atMost(response, mostBytes), deadline);
        if (!response.complete)
            throw new Error('the download ended too early');
    }
    async save(key, file, deadline) {
        const entry = { key, version: VERSION };
        const { status, reply } = await this.#call('CreateCacheEntry', entry, deadline);
        const message = words(reply);
        if (status === 403 || message.includes('cache write denied'))
            return 'read-only';
        if (status === 409 || (status === 200 && reply['ok'] !== true))
            return 'there';
        requireGood(status, reply);
        const url = new URL(string(reply['signed_upload_url'], 'signed_upload_url'));
        const { size } = await (0,promises_namespaceObject.stat)(file);
        await this.#upload(url, file, size, deadline);
        const done = { ...entry, size_bytes: String(size) };
        const end = await this.#call('FinalizeCacheEntryUpload', done, deadline);
        if (end.reply['ok'] !== true)
            requireGood(end.status === 200 ? 0 : end.status, end.reply);
        return 'saved';
    }
    close() {
        this.#http.close();
    }
    async #call(method, question, deadline) {
        const body = Buffer.from(JSON.stringify(question));
        const headers = {
            authorization: `Bearer ${this.#token}`,
            'content-type': 'application/json',
            'content-length': body.length,
            'user-agent': 'nix-remote-build',
        };
        const url = new URL(SERVICE + method, this.#base);
        const request = { method: 'POST', url, headers, body: [body] };
        const { status, text } = await this.#http.text(request, deadline);
        return { status, reply: status === 200 ? record(JSON.parse(text), method) : { msg: text } };
    }
    /** Azure's Put Blob, or for what is large Put Block and Put Block List. */
    async #upload(url, file, size, deadline) {
        if (size <= BLOCK) {
            await this.#put(url, { file, start: 0, size }, deadline, { 'x-ms-blob-type': 'BlockBlob' });
            return;
        }
        const starts = Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => index * BLOCK);
        const blocks = starts.map((start) => ({
            id: Buffer.from(String(start).padStart(16, '0')).toString('base64'),
            part: { file, start, size: Math.min(BLOCK, size - start) },
        }));
        const left = blocks[Symbol.iterator]();
        const putNext = async () => {
            for (const { id, part } of left) {
                await this.#put(withQuery(url, { comp: 'block', blockid: id }), part, deadline);
            }
        };
        await Promise.all(Array.from({ length: PARALLEL_BLOCKS }, putNext));
        const list = blocks.map(({ id }) => `<Latest>${id}</Latest>`).join('');
        const body = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`);
        await this.#put(withQuery(url, { comp: 'blocklist' }), body, deadline);
    }
    async #put(url, content, deadline, extra = {}) {
        const length = Buffer.isBuffer(content) ? content.length : content.size;
        const headers = { 'content-length': length, 'x-ms-version': '2020-04-08', ...extra };
        const body = Buffer.isBuffer(content) ? [content] : bytesOf(content);
        const { status, text } = await this.#http.text({ method: 'PUT', url, headers, body }, deadline);
        if (status !== 201)
            throw refusal(status, text);
    }
}
/** The runner may say there what it says everywhere. */
function isEnterpriseServer(env) {
    const server = env['GITHUB_SERVER_URL'] ?? '';
    return URL.canParse(server) && !/^(?:.+\.ghe\.com|github\.com)$/.test(new URL(server).hostname);
}
function bytesOf({ file, start, size }) {
    return (0,external_node_fs_namespaceObject.createReadStream)(file, { start, end: start + size - 1 });
}
function withQuery(url, query) {
    const all = new URL(url);
    for (const [name, value] of Object.entries(query))
        all.searchParams.set(name, value);
    return all;
}
function requireGood(status, reply) {
    if (status !== 200)
        throw refusal(status, words(reply));
}
function refusal(status, text) {
    return new Error(`the cache service answered with ${status}: ${(0,domain_text/* printable */.g$)(text, 200)}`);
}
/** What a reply says, for people. */
function words(reply) {
    const said = reply['message'] ?? reply['msg'];
    return typeof said === 'string' ? said : '';
}

;// CONCATENATED MODULE: ./action/cache/in-post.js





/** Saves what main put aside. It never fails the job; what is missing then is found, or made, anew in the next run. */
async function saveKept(folder) {
    const service = CacheService.of(process.env);
    if (!service) {
        await removePutAside(folder);
        return;
    }
    const { saved, bytes, trouble } = await savePutAside(folder, service);
    if (saved > 0)
        lib_core/* info */.pq(`kept ${plural(saved, 'file')} for later runs, ${formatBytes(bytes)}`);
    if (trouble !== undefined)
        lib_core/* warning */.$e(`Not everything could be kept for later runs: ${trouble}`);
}

// EXTERNAL MODULE: ./domain/outcome.js
var outcome = __nccwpck_require__(2222);
;// CONCATENATED MODULE: ./domain/store-path.js

const STORE_DIR = '/nix/store';
// Nix's base-32 has no e, o, t, u; a name has at most 211 characters (path.cc, `checkName`).
const STORE_PATH = /^\/nix\/store\/[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/;
/**
 * Parses a store path.
 * @throws ActionError `path-invalid` for anything else, a path inside a store path included.
 */
function parseStorePath(text) {
    if (!isStorePath(text)) {
        throw new errors/* ActionError */.lZ('path-invalid', `${JSON.stringify(text)} is not a path of ${STORE_DIR}`);
    }
    return text;
}
function isStorePath(text) {
    return STORE_PATH.test(text);
}
/** Like {@link parseStorePath}, for a derivation. */
function parseDrvPath(text) {
    const path = parseStorePath(text);
    if (!isDrvPath(path)) {
        throw new errors/* ActionError */.lZ('path-invalid', `${path} is not a derivation: its name does not end in .drv`);
    }
    return path;
}
function isDrvPath(path) {
    return path.endsWith('.drv');
}
/** The part after the hash: `hello-2.12` of `/nix/store/…-hello-2.12`. */
function storePathName(path) {
    return path.slice(STORE_DIR.length + 1 + 33);
}
/** What follows the store's folder: `<hash>-<name>`. */
function storePathBase(path) {
    return path.slice(STORE_DIR.length + 1);
}

;// CONCATENATED MODULE: ./action/derivation-name.js

/** A derivation's name without `.drv`. */
function derivationName(drvPath) {
    return storePathName(drvPath).replace(/\.drv$/, '');
}

;// CONCATENATED MODULE: ./action/markdown.js

/** What shows nothing, or shows other text in another order than it stands: control characters, marks of direction. */
const HIDDEN = 
// eslint-disable-next-line no-control-regex -- these are meant
/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
/** What Markdown, a table or HTML gives a meaning wherever it stands. */
const SPECIAL = /[&<>|`*_~[\]\\#@!:$]/g;
/** What does so at a line's beginning: items of lists, underlines that make headings. */
const BEGINNING = /^(?:[-+=]|\d+(?=[.)]))/;
/** As code, also in a table cell: text of a flake can break neither the table nor the page. */
function code(text, limit = 200) {
    return `<code>${escaped(cut(onOneLine(text), limit))}</code>`;
}
/** A box that stands out. */
function warningBox(text) {
    return `> [!WARNING]\n> ${escapeText(text)}`;
}
/** Text of unknown origin as one line of Markdown, or a part of one. */
function escapeText(text) {
    const line = onOneLine(text);
    const [beginning = ''] = BEGINNING.exec(line) ?? [];
    return (beginning.replaceAll(/./gu, (each) => reference(each)) + escaped(line.slice(beginning.length)));
}
/** Text of unknown origin as it stands, a block of its own. */
function preformatted(text) {
    return `<pre>${escaped(visible(text.replaceAll(/\r\n?/g, '\n')))}</pre>`;
}
/** What is shown when somebody opens it. Both are Markdown, the title on one line and without blocks. */
function folded(title, content) {
    return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
/** A row of a table; each cell is Markdown on one line. */
function row(cells) {
    return `| ${cells.join(' | ')} |`;
}
/** At most so many characters, with a sign that there were more. */
function cut(text, limit) {
    return text.length > limit ? `${text.slice(0, limit).toWellFormed()}…` : text;
}
function escaped(text) {
    return text.replaceAll(SPECIAL, reference);
}
function reference(character) {
    return `&#${character.charCodeAt(0)};`;
}
function onOneLine(text) {
    return visible(text.replaceAll(/\s+/g, ' ').trim());
}
function visible(text) {
    return (0,domain_text/* withoutColour */.Zb)(text).toWellFormed().replaceAll(HIDDEN, '\u{fffd}');
}

;// CONCATENATED MODULE: ./action/offload-summary.js




const TITLES = {
    'remote-store': 'offload socket',
    builders: 'remote builders',
};
/** The job summary's section on the offload socket, as GitHub Markdown: failures before successes. */
function renderOffloadSummary(report) {
    return [
        `## Nix Remote Build: ${TITLES[report.mode]}`,
        `Builds of this job's later steps went to ${code(report.remote)}. ${counts(report)}`.trimEnd(),
        traffic(report),
        table(report),
        ...report.notices.map(warningBox),
    ]
        .filter((part) => part !== '')
        .join('\n\n')
        .concat('\n');
}
/** All that it did, as one line of the log. */
function offloadLine(report) {
    return [`${TITLES[report.mode]}:`, counts(report), traffic(report)].filter(Boolean).join(' ');
}
/** A sentence; empty where it is not known. */
function counts(report) {
    if (report.mode === 'builders')
        return '';
    if (report.counts.size === 0)
        return 'Nothing had to be built.';
    return `${[...report.counts].map(([status, count]) => `${count} ${status}`).join(', ')}.`;
}
function traffic({ bytesSent, bytesReceived, reconnects, rawOperations }) {
    const again = reconnects === 0 ? '' : ` Connected again ${plural(reconnects, 'time')}.`;
    const raw = [...rawOperations.keys()].join(', ');
    const unknown = raw === '' ? '' : ` Passed on unread: operations ${raw}.`;
    return `Sent ${formatBytes(bytesSent)}, received ${formatBytes(bytesReceived)}.${again}${unknown}`;
}
function table({ builds, counts }) {
    if (builds.length === 0)
        return '';
    const left = [...counts.values()].reduce((sum, count) => sum + count, 0) - builds.length;
    return [
        '| | derivation | status | time |',
        '|-|-|-|-:|',
        ...builds.map(offload_summary_row),
        ...(left > 0 ? ['', `${left} more are not listed.`] : []),
    ].join('\n');
}
function offload_summary_row({ drvPath, status, seconds }) {
    const time = seconds === undefined ? '' : formatSeconds(seconds);
    return `| ${(0,outcome/* isGood */.Kg)(status) ? '✅' : '❌'} | ${code(derivationName(drvPath))} | ${status} | ${time} |`;
}

;// CONCATENATED MODULE: ./nix/load-locks.js


/**
 * Removes the files by which Nix counts the builds on each machine. It names them after a machine's URI, in which there is a folder that is
 * another in each job, and never removes them (build-remote.cc, `openSlotLock`). A root daemon's are root's; then they stay.
 * @param folder an absolute path; the machines that were reached through launchers in it are those that no longer exist
 * @param stateDirectory Nix's
 */
async function removeLoadLocks(folder, stateDirectory = '/nix/var/nix') {
    const directory = external_node_path_namespaceObject.join(stateDirectory, 'current-load');
    const part = `${folder.replaceAll('/', '_')}_`;
    const names = await (0,promises_namespaceObject.readdir)(directory).catch(() => []);
    const ours = names.filter((name) => name.includes(part));
    await Promise.allSettled(ours.map((name) => (0,promises_namespaceObject.rm)(external_node_path_namespaceObject.join(directory, name))));
}

;// CONCATENATED MODULE: ./action/socket-directory.js




/** Makes one for a step's own sockets and secrets, of mode 0700, where no socket's path can become too long. */
async function makeSocketDirectory() {
    return await mkdtemp('/tmp/nix-remote-build-');
}
/** With what Nix made of the names in it. Never rejects: what was built is built. */
async function removeSocketDirectory(folder) {
    try {
        await removeLoadLocks(folder, process.env['NIX_STATE_DIR']);
        await (0,promises_namespaceObject.rm)(folder, { recursive: true, force: true });
    }
    catch (error) {
        lib_core/* warning */.$e(`${folder} could not be removed: ${(0,errors/* toError */.iT)(error).message}`);
    }
}

;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
// EXTERNAL MODULE: ./domain/system.js
var system = __nccwpck_require__(8817);
;// CONCATENATED MODULE: ./action/place.js




/** The folder that relative paths of inputs are in. */
function workspace() {
    return process.env['GITHUB_WORKSPACE'] ?? process.cwd();
}
/** The folder for the job's own files. */
function temporary() {
    return process.env['RUNNER_TEMP'] ?? external_node_os_namespaceObject.tmpdir();
}
/**
 * Where sockets go: into that folder, unless it is in the workspace. Nix copies a folder that it is to build into the store, and a socket
 * in it is an error.
 */
function socketDirectory(preferred) {
    const way = path.relative(workspace(), preferred);
    return way === '' || !way.startsWith('..') ? '/tmp' : preferred;
}
/** In a container the user may have no entry in passwd, for which Node throws. */
function currentUser() {
    try {
        return os.userInfo().username;
    }
    catch {
        return process.env['USER'] ?? 'root';
    }
}
/**
 * By Node's `process.arch` and `process.platform`.
 * @throws ActionError `input-invalid` where there is no Nix for this machine
 */
function runnerSystem(arch = process.arch, platform = process.platform) {
    const system = systemOfMachine(arch, platform);
    if (system)
        return system;
    const name = platform === 'win32' ? 'Windows' : platform;
    throw new ActionError('input-invalid', `Nix does not run on ${name} (${arch})`, {
        hint: 'Use a Linux or macOS runner.',
    });
}
/** Runners of one kind are GitHub's of one image, or one's own; and of one size. */
function runnerKind() {
    const { RUNNER_ENVIRONMENT: whose = '', ImageOS: image = '' } = process.env;
    return `${whose} ${image} ${os.availableParallelism()}`;
}
/**
 * What inputs are read against.
 * @param builders the input of that name: what reads it is loaded where there is something to read
 * @param folder that relative paths are in
 */
async function inputPlace(builders, folder = workspace()) {
    const reading = builders === '' ? undefined : await Promise.all(/* import() */[__nccwpck_require__.e(637), __nccwpck_require__.e(539)]).then(__nccwpck_require__.bind(__nccwpck_require__, 7539));
    return {
        workspace: folder,
        runnerSystem: runnerSystem(),
        parseBuilders: reading?.parseBuilders,
        githubHost: githubHost(),
        cloud: cloud(),
    };
}
/** An Enterprise Server has a host of its own, and its tokens are for that one. */
/** What the AWS library in Nix reads, for `push-to: s3://…`. No other child gets them. */
function cloud() {
    const given = Object.entries(process.env).filter((entry) => entry[0].startsWith('AWS_') && entry[1] !== undefined);
    return Object.fromEntries(given);
}
function githubHost() {
    const server = process.env['GITHUB_SERVER_URL'] ?? '';
    return URL.canParse(server) ? new URL(server).host : 'github.com';
}
/** What joins Nix to a tunnel of ours. Found beside this program: a bundle does not know where it is. */
function pipeProgram() {
    const here = path.dirname(process.argv[1] ?? '');
    return { node: process.execPath, script: path.resolve(here, '../pipe/index.js') };
}
/** Seconds. */
function clock() {
    return performance.now() / 1000;
}

;// CONCATENATED MODULE: ./action/own-folder.js


/** What main's folders are called; mkdtemp puts something random after it. */
const PREFIX = 'nix-remote-build-';
/**
 * Whether a folder is called, and lies, as those that main makes. State is what somebody said who could write a workflow command; post
 * removes with all that is in it only what passes here.
 */
function isOwnFolder(folder) {
    const { dir, base } = external_node_path_namespaceObject.parse(external_node_path_namespaceObject.resolve(folder));
    const parents = ['/tmp', external_node_path_namespaceObject.resolve(temporary())];
    return external_node_path_namespaceObject.isAbsolute(folder) && parents.includes(dir) && base.startsWith(PREFIX);
}

;// CONCATENATED MODULE: ./action/state.js


function saveMarker(marker) {
    core.saveState('marker', marker);
}
function saveSocketDirectory(folder) {
    core.saveState('socket-directory', folder);
}
function saveKeptFolder(folder) {
    core.saveState('kept-folder', folder);
}
function saveUnpackFolder(folder) {
    core.saveState('unpack-folder', folder);
}
/** What is saved later counts. */
function saveOffload({ folder, isReady, writeSummary }) {
    core.saveState('offload-folder', folder);
    core.saveState('offload-ready', isReady);
    core.saveState('offload-summary', writeSummary);
}
/** @returns undefined when main did not get as far as saving it. */
function loadState() {
    const marker = lib_core/* getState */.Gu('marker');
    const socketDirectory = loadFolder('socket-directory');
    const keptFolder = loadFolder('kept-folder');
    const unpackFolder = lib_core/* getState */.Gu('unpack-folder') || undefined;
    if (marker === '')
        return undefined;
    return { marker, socketDirectory, keptFolder, unpackFolder, offload: loadOffload() };
}
/** Somebody else's folder is nothing that main left. */
function loadFolder(name) {
    const folder = lib_core/* getState */.Gu(name);
    return isOwnFolder(folder) ? folder : undefined;
}
function loadOffload() {
    const folder = loadFolder('offload-folder');
    if (folder === undefined)
        return undefined;
    return {
        folder,
        isReady: lib_core/* getState */.Gu('offload-ready') === 'true',
        writeSummary: lib_core/* getState */.Gu('offload-summary') === 'true',
    };
}

;// CONCATENATED MODULE: ./action/write-summary.js


/** Adds to the job summary. A summary that cannot be written never fails a build. */
async function writeSummary(markdown) {
    try {
        await lib_core/* summary */.z.addRaw(markdown).write();
    }
    catch (error) {
        lib_core/* warning */.$e(`The job summary could not be written: ${(0,errors/* toError */.iT)(error).message}`);
    }
}

;// CONCATENATED MODULE: ./build/offload-report.js



/** Builds that are kept one by one; further ones are only counted. */
const MAX_BUILDS = 1000;
/** Notices that are kept; further ones are in the process's log. */
const MAX_NOTICES = 20;
/** Gathers what is reported in the end; bounded, however much is built. */
class OffloadRecords {
    #failed = [];
    #good = [];
    #counts = new Map();
    #notices = new Set();
    /** Where there is no room for all, failures are kept before successes. */
    addBuild(build) {
        this.#counts.set(build.status, (this.#counts.get(build.status) ?? 0) + 1);
        const kept = isGood(build.status) ? this.#good : this.#failed;
        if (kept.length < MAX_BUILDS)
            kept.push(build);
    }
    /** What was said before is not said again. */
    addNotice(text) {
        if (this.#notices.size < MAX_NOTICES)
            this.#notices.add(text);
    }
    report(totals) {
        const builds = [...this.#failed, ...this.#good].slice(0, MAX_BUILDS);
        const counts = new Map(this.#counts);
        return { ...totals, builds, counts, notices: [...this.#notices] };
    }
}
/** As one line of JSON. */
function formatOffloadReport(report) {
    const builds = report.builds.map(({ drvPath, status, seconds }) => ({
        drvPath,
        status,
        ...(seconds === undefined ? {} : { seconds }),
    }));
    const counts = Object.fromEntries(report.counts);
    return JSON.stringify({ ...report, builds, counts, rawOperations: [...report.rawOperations] });
}
/** @throws Error for what {@link formatOffloadReport} does not write */
function parseOffloadReport(json) {
    const fields = record(JSON.parse(json), 'report');
    return {
        mode: fields['mode'] === 'builders' ? 'builders' : 'remote-store',
        remote: string(fields['remote'], 'remote'),
        builds: list(fields['builds'], 'builds').map(parseBuild),
        counts: parseCounts(fields['counts']),
        bytesSent: number(fields['bytesSent'], 'bytesSent'),
        bytesReceived: number(fields['bytesReceived'], 'bytesReceived'),
        reconnects: number(fields['reconnects'], 'reconnects'),
        notices: list(fields['notices'], 'notices').map((text) => string(text, 'notices')),
        rawOperations: new Map(list(fields['rawOperations'], 'rawOperations').map(parsePair)),
    };
}
function parseCounts(value) {
    const entries = Object.entries(record(value, 'counts'));
    return new Map(entries.map(([status, count]) => [parseStatus(status), number(count, status)]));
}
function parsePair(value) {
    const [operation, count] = list(value, 'rawOperations');
    return [number(operation, 'operation'), number(count, 'count')];
}
function parseBuild(value) {
    const { drvPath, status, seconds } = record(value, 'builds');
    return {
        drvPath: parseDrvPath(string(drvPath, 'drvPath')),
        status: parseStatus(string(status, 'status')),
        seconds: seconds === undefined ? undefined : number(seconds, 'seconds'),
    };
}
function parseStatus(text) {
    if ((0,outcome/* isOutcomeStatus */.Bw)(text))
        return text;
    throw new TypeError(`'${text}' is not a status`);
}

;// CONCATENATED MODULE: ./nix/find-program.js


/**
 * Where a program is, for who has another PATH than we: sudo has one of its own.
 * @param searchPath as PATH has it; relative entries are left out
 * @returns its path, symlinks in the folder resolved but not the program's own, whose name says what it is to do; undefined if there is none
 */
async function find_program_findProgram(name, searchPath) {
    for (const folder of searchPath.split(':').filter((each) => path.isAbsolute(each))) {
        const found = await access(path.join(folder, name), constants.X_OK).then(() => true, () => false);
        if (found)
            return path.join(await realpath(folder), name);
    }
    return undefined;
}

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: ./nix/install/program.js



/** Bytes of what a program says that are kept: the first, which say why. */
const WORDS_LIMIT = 2000;
/** Starts a program; it is killed when the signal fires. */
function startProgram(program, args, { env, signal }, stdio = {}) {
    const streams = [stdio.stdin ?? 'ignore', stdio.stdout ?? 'ignore', 'pipe'];
    const child = spawn(program, args, { env, signal, killSignal: 'SIGKILL', stdio: streams });
    // Told by its exit.
    child.stdin?.on('error', () => undefined);
    const ended = endOf(child, program, signal);
    ended.catch(() => undefined);
    return { stdin: child.stdin, stdout: child.stdout, ended };
}
/** Runs a program to its end. */
function program_runProgram(program, args, context, stdin = 'ignore') {
    return startProgram(program, args, context, { stdin }).ended;
}
function endOf(child, program, signal) {
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
        if (words.length < WORDS_LIMIT)
            words += text;
    });
    return new Promise((resolve, reject) => {
        child.once('error', (thrown) => {
            const cause = toError(thrown);
            reject(signal.aborted ? cancelled(signal) : cannotStart(program, cause));
        });
        child.once('close', (exitCode) => {
            if (signal.aborted)
                reject(cancelled(signal));
            else
                resolve({ exitCode: exitCode ?? undefined, words: oneLine(words.slice(0, WORDS_LIMIT)) });
        });
    });
}
function cancelled(signal) {
    return new ActionError('cancelled', 'cancelled while Nix was installed', {
        cause: signal.reason,
    });
}
function cannotStart(program, cause) {
    return new ActionError('install-failed', `cannot run ${program}: ${cause.message}`, { cause });
}

;// CONCATENATED MODULE: ./nix/install/nix-folder.js




/** Every release has this path compiled in. */
const nix_folder_NIX_FOLDER = '/nix';
/** What must be this user's for Nix to work without a daemon. */
const PARTS = (/* unused pure expression or super */ null && (['', '/store', '/var', '/var/nix', '/var/nix/db']));
/**
 * Makes /nix this user's: as it is, or by making it, or, if it is empty, by changing its owner. For that it takes root, or `sudo -n`.
 * @throws ActionError `install-failed` where it cannot be
 */
async function openNixFolder(owner, context) {
    const state = await stateOf(nix_folder_NIX_FOLDER);
    switch (state) {
        case 'writable':
            return requireParts();
        case 'read-only':
            throw readOnly();
        case 'absent':
            return make(owner, context);
        case 'foreign':
            return take(owner, context);
    }
}
async function stateOf(folder) {
    try {
        await access(folder, constants.R_OK | constants.W_OK);
        return 'writable';
    }
    catch (error) {
        return STATES.get(codeOf(error)) ?? 'foreign';
    }
}
const STATES = new Map([
    ['ENOENT', 'absent'],
    ['EROFS', 'read-only'],
]);
/** A store that others own below a folder of ours is no store of ours. */
async function requireParts() {
    for (const part of PARTS) {
        const state = await stateOf(nix_folder_NIX_FOLDER + part);
        if (state === 'read-only')
            throw readOnly();
        if (state === 'foreign')
            throw foreign(nix_folder_NIX_FOLDER + part);
    }
}
async function make(owner, context) {
    try {
        await mkdir(nix_folder_NIX_FOLDER, 0o755);
    }
    catch (thrown) {
        const code = codeOf(thrown);
        if (code === 'EROFS')
            throw readOnly(toError(thrown));
        if (code === 'EEXIST')
            return;
        const ids = ['-o', String(owner.uid), '-g', String(owner.gid)];
        await asRoot(['install', '-d', '-m', '0755', ...ids, nix_folder_NIX_FOLDER], 'make', context);
    }
}
async function take({ uid, gid }, context) {
    const isEmpty = await readdir(nix_folder_NIX_FOLDER).then((names) => names.length === 0, () => false);
    if (!isEmpty)
        throw foreign(nix_folder_NIX_FOLDER);
    await asRoot(['chown', `${uid}:${gid}`, nix_folder_NIX_FOLDER], 'own', context);
}
async function asRoot(command, what, context) {
    const sudo = await findProgram('sudo', context.env['PATH'] ?? '');
    const failed = (why) => new ActionError('install-failed', `cannot ${what} ${nix_folder_NIX_FOLDER}: ${why}`, {
        hint: `Run \`${command.join(' ')}\` as root before, in the image or on the machine; or allow this user to use sudo ` +
            'without a password.',
    });
    if (sudo === undefined)
        throw failed('this user may not, and there is no sudo');
    const { exitCode, words } = await runProgram(sudo, ['-n', '--', ...command], context);
    if (exitCode === 0)
        return;
    if (/Read-only file system/i.test(words))
        throw readOnly();
    // It may say before that it does not know the host's own name.
    throw failed(`this user may not, and sudo says: ${words.replace(/^.*sudo: /, '')}`);
}
function readOnly(cause) {
    return new ActionError('install-failed', `cannot write to ${nix_folder_NIX_FOLDER}: it is read-only`, {
        hint: 'Mount a folder that can be written to there, or use an image with Nix in it.',
        cause,
    });
}
function foreign(folder) {
    return new ActionError('install-failed', `${folder} is there, and is not this user's`, {
        hint: 'Another Nix seems to be installed: put it on PATH (its daemon serves this user, too) and leave out nix-version and install-nix, ' +
            'or give the folder to this user.',
    });
}
function codeOf(error) {
    return error instanceof Error && 'code' in error ? String(error.code) : '';
}

;// CONCATENATED MODULE: ./nix/install/unpack-folder.js



const unpack_folder_PREFIX = '.nix-remote-build-';
/** Milliseconds after which what a killed job left in /nix is nobody's. Unpacking takes seconds. */
const LEFT_BEHIND = 3_600_000;
/** Makes a folder to unpack in, on the file system of the store. */
async function makeUnpackFolder() {
    await removeLeftovers();
    return mkdtemp(path.join(NIX_FOLDER, unpack_folder_PREFIX));
}
/** What jobs left that were killed with their machine. */
async function removeLeftovers() {
    const names = await readdir(NIX_FOLDER);
    for (const name of names.filter((each) => each.startsWith(unpack_folder_PREFIX))) {
        const folder = path.join(NIX_FOLDER, name);
        const found = await stat(folder).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > LEFT_BEHIND)
            await removeUnpacked(folder);
    }
}
/** Removes such a folder, and no other; what cannot be removed is left. */
async function removeUnpacked(folder) {
    const { dir, base } = external_node_path_namespaceObject.parse(external_node_path_namespaceObject.resolve(folder));
    if (dir !== nix_folder_NIX_FOLDER || !base.startsWith(unpack_folder_PREFIX))
        return;
    await (0,promises_namespaceObject.rm)(folder, { recursive: true, force: true }).catch(() => undefined);
}

;// CONCATENATED MODULE: external "node:timers/promises"
const external_node_timers_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: ./nix/leftovers.js


/** Name of the variable by which children of this step are known. */
const MARKER_VARIABLE = 'NIX_REMOTE_BUILD_STEP';
/** Milliseconds between asking a process to end and ending it. */
const GRACE = 2000;
/**
 * Ends every process of this user that carries the marker in its environment.
 * @returns how many there were.
 */
async function endMarkedProcesses(marker) {
    const found = await markedProcesses(marker);
    if (found.length === 0)
        return 0;
    for (const pid of found)
        signal(pid, 'SIGTERM');
    const deadline = performance.now() + GRACE;
    while (performance.now() < deadline) {
        if ((await markedProcesses(marker)).length === 0)
            return found.length;
        await (0,external_node_timers_promises_namespaceObject.setTimeout)(50);
    }
    for (const pid of await markedProcesses(marker))
        signal(pid, 'SIGKILL');
    return found.length;
}
/** Where there is no /proc (macOS) none is found: there children end with the pipes that they hold. */
async function markedProcesses(marker) {
    const entry = `${MARKER_VARIABLE}=${marker}`;
    const names = await (0,promises_namespaceObject.readdir)('/proc').catch(() => []);
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    const marked = [];
    for (const pid of pids) {
        if (pid === process.pid)
            continue;
        const environment = await (0,promises_namespaceObject.readFile)(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        if (environment.split('\0').includes(entry))
            marked.push(pid);
    }
    return marked;
}
function signal(pid, name) {
    try {
        process.kill(pid, name);
    }
    catch {
        // It ended by itself in between.
    }
}

;// CONCATENATED MODULE: ./domain/offload-socket.js
/** File name of every offload socket: by it a step knows that a socket of the environment is one of ours. */
const OFFLOAD_SOCKET_NAME = 'nix-remote-build.sock';
/** Whether a path of a daemon's socket is that of an offload socket. */
function isOffloadSocket(path) {
    return path.slice(path.lastIndexOf('/') + 1) === OFFLOAD_SOCKET_NAME;
}

;// CONCATENATED MODULE: ./tunnel/private-socket.js



/** What the address of a socket holds at most on any system (104 bytes on macOS, 108 on Linux), less what others may add. */
const private_socket_MAX_SOCKET_PATH = 100;
/**
 * Has a server listen where only its owner, and root, may ever connect.
 * @param what for errors: `the tunnel to ci@builder`
 * @throws ActionError `internal` when the socket cannot be made
 */
async function listenPrivately(server, path, what) {
    if (Buffer.byteLength(path) > private_socket_MAX_SOCKET_PATH) {
        throw new ActionError('internal', `the socket of ${what} has a path longer than ${private_socket_MAX_SOCKET_PATH} bytes: ${path}`, { hint: 'Set RUNNER_TEMP or TMPDIR to a folder with a shorter path.' });
    }
    const listening = once(server, 'listening');
    server.listen(path);
    try {
        // Not by the umask, which is that of the whole process: folders that are made at the same moment would be closed to their owner.
        if (existsSync(path))
            chmodSync(path, 0o600); // it is there when listen() returns, unless that failed
        await listening;
    }
    catch (thrown) {
        const cause = toError(thrown);
        const message = `the socket of ${what} cannot be made: ${cause.message}`;
        throw new ActionError('internal', message, { cause });
    }
}

;// CONCATENATED MODULE: ./offload/folder.js





function offloadFolder(folder) {
    return {
        path: folder,
        socket: external_node_path_namespaceObject.join(folder, OFFLOAD_SOCKET_NAME),
        control: external_node_path_namespaceObject.join(folder, 'control.sock'),
        log: external_node_path_namespaceObject.join(folder, 'offload.log'),
    };
}
/** Makes one, of mode 0700, in `preferred`, or below /tmp where the sockets' paths would be too long there. */
async function makeOffloadFolder(preferred) {
    const name = 'nix-remote-build-';
    const { socket } = offloadFolder(path.join(preferred, `${name}XXXXXX`));
    const fits = Buffer.byteLength(socket) <= MAX_SOCKET_PATH;
    return offloadFolder(await mkdtemp(path.join(fits ? preferred : '/tmp', name)));
}
/** With what Nix made of the names in it. */
async function removeOffloadFolder({ path }) {
    await removeLoadLocks(path, process.env['NIX_STATE_DIR']);
    await (0,promises_namespaceObject.rm)(path, { recursive: true, force: true });
}

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: ./service/control.js

/** The word that ends an offload process. */
const STOP = 'stop\n';
/** Characters that are read of whoever does not know the word. */
const MAX_REQUEST = 100;
/** Where post tells an offload process to end. */
class ControlServer {
    /** Resolves when somebody has asked for the end, with the function that answers. */
    stopped;
    #server;
    #sockets = new Set();
    constructor(server) {
        this.#server = server;
        this.stopped = new Promise((resolve) => {
            server.on('connection', (socket) => {
                this.#sockets.add(socket);
                socket.once('close', () => this.#sockets.delete(socket));
                hear(socket, () => resolve((answer) => write(socket, answer)));
            });
        });
    }
    /** @param path of the socket, in a folder that nobody else may enter */
    static async listen(path) {
        const server = createServer({ allowHalfOpen: true });
        const control = new ControlServer(server);
        await new Promise((resolve, reject) => {
            server.once('error', reject);
            server.listen(path, resolve);
        });
        return control;
    }
    /** Also ends the connection of who was answered, which tells that this process is gone. */
    close() {
        this.#server.close();
        for (const socket of this.#sockets)
            socket.destroy();
    }
}
function hear(socket, onStop) {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
        text += chunk;
        if (text === STOP)
            onStop();
        else if (text.length > MAX_REQUEST)
            socket.destroy();
    });
    socket.on('end', () => {
        if (text !== STOP)
            socket.destroy();
    });
}
/** Resolves when the text is on its way, or the other side gone. */
function write(socket, text) {
    return new Promise((resolve) => {
        socket.once('close', () => resolve());
        socket.write(text, () => resolve());
    });
}

;// CONCATENATED MODULE: ./service/stop.js



/** Milliseconds that an offload process has to end its clients' builds and to answer. */
const LIMIT = 10_000;
/**
 * Asks an offload process to end.
 * @returns what it answered, once it is gone; undefined where nobody listens, or answers in time
 */
async function askToStop(control) {
    const socket = (0,external_node_net_namespaceObject.connect)(control);
    const signal = AbortSignal.timeout(LIMIT);
    const end = () => void socket.destroy();
    signal.addEventListener('abort', end);
    try {
        socket.setEncoding('utf8').write(STOP);
        let answer = '';
        for await (const chunk of socket)
            answer += String(chunk);
        return signal.aborted || answer === '' ? undefined : answer;
    }
    catch {
        return undefined;
    }
    finally {
        signal.removeEventListener('abort', end);
        socket.destroy();
    }
}
/** The last lines that an offload process wrote. */
async function lastWords(log, lines) {
    const text = await (0,promises_namespaceObject.readFile)(log, 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).slice(-lines);
}

;// CONCATENATED MODULE: ./cleanup.js












/** Lines of its log that are shown of a process that did not answer. */
const LAST_LINES = 5;
/**
 * Ends the offload socket, and what a killed main left behind; a main that ended by itself left nothing else of that kind. Then saves what
 * main put aside for later runs.
 */
async function cleanup() {
    const state = loadState();
    if (!state)
        return;
    if (state.offload)
        await endOffload(state.offload, state.marker);
    else
        await endLeftovers(state.marker);
    if (state.unpackFolder !== undefined)
        await removeUnpacked(state.unpackFolder);
    if (state.socketDirectory !== undefined)
        await removeSocketDirectory(state.socketDirectory);
    if (state.keptFolder !== undefined)
        await saveKept(state.keptFolder);
}
async function endLeftovers(marker) {
    const ended = await endMarkedProcesses(marker);
    if (ended > 0)
        lib_core/* info */.pq(`Ended ${ended} processes that the cancelled step had left.`);
}
async function endOffload(state, marker) {
    const folder = offloadFolder(state.folder);
    // A main that failed, or was killed, has told nobody of the socket.
    const answer = state.isReady ? await askToStop(folder.control) : undefined;
    await endLeftovers(marker);
    const words = await lastWords(folder.log, LAST_LINES);
    await removeOffloadFolder(folder);
    if (answer !== undefined)
        await tell(parseOffloadReport(answer), state);
    else if (state.isReady)
        warnOfSilence(words);
}
async function tell(report, { writeSummary: isWanted }) {
    for (const notice of report.notices)
        lib_core/* notice */.lm(notice);
    lib_core/* info */.pq(offloadLine(report));
    if (isWanted)
        await writeSummary(renderOffloadSummary(report));
}
function warnOfSilence(words) {
    const said = words.length === 0 ? '' : ` Its last words: ${(0,domain_text/* printable */.g$)(words.join(' | '), 2000)}`;
    lib_core/* warning */.$e(`The process of the offload socket did not answer: it had ended before its time, or hung.${said}`);
}


/***/ }),

/***/ 2443:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   iT: () => (/* binding */ toError),
/* harmony export */   lZ: () => (/* binding */ ActionError)
/* harmony export */ });
/* unused harmony exports ERROR_CODES, isErrorCode, asActionError */
/** What can go wrong, each as one word: `results`, tests and docs/troubleshooting.md key on it. */
const ERROR_CODES = (/* unused pure expression or super */ null && ([
    // what the user wrote
    'input-invalid',
    'store-uri-invalid',
    'machines-invalid',
    'key-invalid',
    'key-passphrase',
    'credentials-missing',
    'known-hosts-invalid',
    // reaching the remote
    'host-unresolvable',
    'host-unreachable',
    'connect-timeout',
    'host-key-unknown',
    'host-key-mismatch',
    'host-key-revoked',
    'authentication-failed',
    'connection-lost',
    'channel-refused',
    // installing Nix
    'download-failed',
    'checksum-mismatch',
    'install-failed',
    // talking to a Nix daemon
    'nix-missing',
    'protocol-mismatch',
    'protocol-too-old',
    'protocol-violation',
    'daemon-error',
    'daemon-untrusted',
    'daemon-elsewhere',
    // moving store paths
    'path-invalid',
    'nar-invalid',
    'nar-hash-mismatch',
    'signature-required',
    'disk-full',
    // evaluating and building
    'evaluation-failed',
    'installable-unknown',
    'unsupported-derivation',
    'unsupported-system',
    'build-failed',
    'not-deterministic',
    'push-failed',
    'cancelled',
    'internal',
]));
function isErrorCode(text) {
    return ERROR_CODES.some((code) => code === text);
}
/**
 * A failure that a person reads: `message` says what is wrong and where, in one line; `hint` what to do.
 * Neither ever holds a secret.
 */
class ActionError extends Error {
    name = 'ActionError';
    code;
    hint;
    constructor(code, message, details = {}) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.code = code;
        this.hint = details.hint;
    }
}
/** Any thrown value as an error, so that what catches it need not ask. */
function toError(thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
}
/** Any thrown value as an error that a person can read; what nobody expected is `internal`. */
function asActionError(thrown) {
    if (thrown instanceof ActionError)
        return thrown;
    const cause = toError(thrown);
    return new ActionError('internal', cause.message, { cause });
}


/***/ }),

/***/ 2222:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Bw: () => (/* binding */ isOutcomeStatus),
/* harmony export */   Kg: () => (/* binding */ isGood)
/* harmony export */ });
/* unused harmony export outcomeStatus */
const VERDICTS = {
    built: 'good',
    substituted: 'good',
    cached: 'good',
    failed: 'bad',
    'dependency-failed': 'bad',
    'timed-out': 'bad',
    'not-deterministic': 'bad',
    'unsupported-system': 'bad',
    'evaluation-failed': 'bad',
    'connection-lost': 'bad',
    cancelled: 'bad',
};
/** Whether the attribute's outputs exist on the remote. */
function isGood(status) {
    return VERDICTS[status] === 'good';
}
function isOutcomeStatus(text) {
    return Object.hasOwn(VERDICTS, text);
}
// 2.8.0 to 2.29, 2.30 to 2.33, and 2.34 say in three ways that no machine fits; with max-jobs = 0, in two others.
const UNSUPPORTED = /but I am a '|required system or feature not available|platform mismatch|missing system features|unable to start any build|local builds are disabled/i;
/**
 * What a daemon's status means for the attribute that asked.
 *
 * Without keep-going, goals that never ran because another failed are missing from the answer (Nix 2.34) or are failures
 * without a text (before): both are `cancelled` here.
 */
function outcomeStatus(status, errorMessage) {
    switch (status) {
        case 'built':
            return 'built';
        case 'substituted':
            return 'substituted';
        case 'already-valid':
        case 'resolves-to-already-valid':
            return 'cached';
        case 'timed-out':
            return 'timed-out';
        case 'not-deterministic':
            return 'not-deterministic';
        case 'dependency-failed':
            return 'dependency-failed';
        case 'permanent-failure':
        case 'input-rejected':
        case 'output-rejected':
        case 'transient-failure':
        case 'cached-failure':
        case 'misc-failure':
        case 'log-limit-exceeded':
        case 'no-substituters':
            if (errorMessage === '')
                return 'cancelled';
            return UNSUPPORTED.test(errorMessage) ? 'unsupported-system' : 'failed';
    }
}


/***/ }),

/***/ 8817:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   V: () => (/* binding */ parseSystem)
/* harmony export */ });
/* unused harmony exports SYSTEM_NAME_PATTERN, isSystem, systemOfMachine */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);

// Words of letters, digits and underscores, `cpu-kernel` or `x86_64-v3-linux`: Nix itself compares systems as texts and knows no list.
const SYSTEM = /^[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+$/;
/**
 * An attribute name that can only be a system, as a POSIX extended regular expression (builtins.match reads it too).
 * Narrow on purpose: `foo-bar` must stay an ordinary name.
 */
const SYSTEM_NAME_PATTERN = (/* unused pure expression or super */ null && ('(x86_64|i[3-6]86|aarch64|arm|armv[5-8][a-z]*|riscv(32|64)|powerpc(64)?(le)?|mips(64)?(el)?|s390x?|loongarch64|m68k|microblaze(el)?|sparc64|wasm(32|64))' +
    '-(linux|darwin|freebsd|openbsd|netbsd|cygwin|windows|solaris|genode|redox|wasi|none)'));
/**
 * Parses a system.
 * @throws ActionError `input-invalid` for a text that is not `cpu-kernel`.
 */
function parseSystem(text) {
    if (!isSystem(text)) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('input-invalid', `${JSON.stringify(text)} is not a Nix system`, {
            hint: 'A system is a processor and a kernel, such as x86_64-linux or aarch64-darwin.',
        });
    }
    return text;
}
function isSystem(text) {
    return SYSTEM.test(text);
}
const CPUS = {
    x64: 'x86_64',
    ia32: 'i686',
    arm64: 'aarch64',
    arm: 'armv7l',
    riscv64: 'riscv64',
    ppc64: 'powerpc64le',
    s390x: 's390x',
    loong64: 'loongarch64',
};
/**
 * The system of a machine by Node's `process.arch` and `process.platform`; `undefined` where Nix does not run.
 */
function systemOfMachine(arch, platform) {
    const cpu = CPUS[arch];
    const text = cpu === undefined ? '' : `${cpu}-${platform}`;
    return (platform === 'linux' || platform === 'darwin') && isSystem(text) ? text : undefined;
}


/***/ }),

/***/ 3295:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Zb: () => (/* binding */ withoutColour),
/* harmony export */   g$: () => (/* binding */ printable)
/* harmony export */ });
/* unused harmony export oneLine */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
/**
 * Removes ANSI escape sequences: colours, and the links some terminals know. In time that grows with the text's length, unlike
 * Node's stripVTControlCharacters, which half a megabyte of links without an end keeps busy for half a minute.
 */
function withoutColour(text) {
    // eslint-disable-next-line no-control-regex -- escape is what these begin with
    return text.replace(/\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g, '');
}
/** Nix's text on one line: without colours, other control characters as escapes, cut after `limit` characters. */
function oneLine(text, limit = 1000) {
    return printable(withoutColour(text), limit);
}
/**
 * Text of unknown origin, fit to be shown, on one line: control characters as escapes, cut after `limit` characters. A line of
 * its own could be a command to the runner.
 */
function printable(text, limit = 500) {
    const escape = (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
    const shown = text.replace(/\s+/g, ' ').trim().replace(CONTROL, escape);
    return shown.length > limit ? `${shown.slice(0, limit)}…` : shown;
}


/***/ }),

/***/ 8024:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Gu: () => (/* binding */ getState),
  pq: () => (/* binding */ info),
  lm: () => (/* binding */ notice),
  z: () => (/* reexport */ summary),
  $e: () => (/* binding */ warning)
});

// UNUSED EXPORTS: ExitCode, addPath, debug, endGroup, error, exportVariable, getBooleanInput, getIDToken, getInput, getMultilineInput, group, isDebug, markdownSummary, platform, saveState, setCommandEcho, setFailed, setOutput, setSecret, startGroup, toPlatformPath, toPosixPath, toWin32Path

;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function utils_toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function utils_toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function command_issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function command_issue(name, message = '') {
    command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function file_command_issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!fs.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    fs.appendFileSync(filePath, `${toCommandValue(message)}${os.EOL}`, {
        encoding: 'utf8'
    });
}
function file_command_prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${os.EOL}${convertedValue}${os.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_namespaceObject.constants.R_OK | external_fs_namespaceObject.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return __awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return __awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_namespaceObject.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = (/* unused pure expression or super */ null && (_summary));
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, path.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");
;// CONCATENATED MODULE: external "events"
const external_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");
;// CONCATENATED MODULE: external "assert"
const external_assert_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");
;// CONCATENATED MODULE: ../node_modules/@actions/io/lib/io-util.js
var io_util_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open: io_util_open, readdir, rename, rm, rmdir, stat, symlink, unlink } = external_fs_namespaceObject.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_namespaceObject.constants.O_RDONLY;
function exists(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function isDirectory(fsPath_1) {
    return io_util_awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = external_path_namespaceObject.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = external_path_namespaceObject.dirname(filePath);
                        const upperName = external_path_namespaceObject.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = external_path_namespaceObject.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map
;// CONCATENATED MODULE: ../node_modules/@actions/io/lib/io.js
var io_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield io_copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (ioUtil.IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield ioUtil.rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function which(tool, check) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield which(tool, false);
            if (!result) {
                if (IS_WINDOWS) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (IS_WINDOWS && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_namespaceObject.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (isRooted(tool)) {
            const filePath = yield tryGetExecutablePath(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_namespaceObject.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_namespaceObject.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield tryGetExecutablePath(external_path_namespaceObject.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield io_copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function io_copyFile(srcFile, destFile, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");
;// CONCATENATED MODULE: ../node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const toolrunner_IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_namespaceObject.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (toolrunner_IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_namespaceObject.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_namespaceObject.EOL.length);
                n = s.indexOf(external_os_namespaceObject.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!isRooted(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_namespaceObject.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield which(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_namespaceObject.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield exists(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_namespaceObject.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ../node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec_exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = tr.argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new tr.ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new StringDecoder('utf8');
        const stderrDecoder = new StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec_exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_namespaceObject.platform();
const arch = external_os_namespaceObject.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function setSecret(secret) {
    issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${path.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
    }
    process.stdout.write(os.EOL);
    issueCommand('set-output', { name }, toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function debug(message) {
    issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    command_issueCommand('warning', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    command_issueCommand('notice', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_namespaceObject.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map

/***/ }),

/***/ 2343:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _action_crash_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(9680);
/* harmony import */ var _cleanup_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6567);


(0,_action_crash_js__WEBPACK_IMPORTED_MODULE_0__/* .warnOnCrash */ .FX)();
await (0,_cleanup_js__WEBPACK_IMPORTED_MODULE_1__/* .cleanup */ .t)();
(0,_action_crash_js__WEBPACK_IMPORTED_MODULE_0__/* .exitSoon */ .Cp)();

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(2343);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
