export const id = 503;
export const ids = [503];
export const modules = {

/***/ 6503:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  shakeHands: () => (/* binding */ shakeHands)
});

// EXTERNAL MODULE: ../node_modules/ssh2/lib/index.js
var lib = __webpack_require__(7362);
// EXTERNAL MODULE: ./domain/errors.js
var errors = __webpack_require__(2443);
// EXTERNAL MODULE: ./domain/host-key-check.js
var host_key_check = __webpack_require__(885);
// EXTERNAL MODULE: ./ssh/authentication.js
var authentication = __webpack_require__(3814);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./ssh/cipher-keys.js

/**
 * Hands ssh2's AES-GCM keys to OpenSSL once for each key exchange instead of once for each packet: with AES-GCM ssh2 makes a
 * cipher a packet, which costs Node 9 µs with a key in a buffer and 1.2 µs with a key object (0.6 s of processor time a GiB).
 * Where ssh2's internals are not as expected it changes nothing.
 */
function keepCipherKeys(client) {
    client.on('handshake', () => {
        const { _protocol } = client;
        const { _decipher, _cipher } = _protocol ?? {};
        if (_decipher?._decipherKey instanceof Uint8Array) {
            _decipher._decipherKey = (0,external_node_crypto_.createSecretKey)(_decipher._decipherKey);
        }
        if (_cipher?._encKey instanceof Uint8Array)
            _cipher._encKey = (0,external_node_crypto_.createSecretKey)(_cipher._encKey);
    });
}

;// CONCATENATED MODULE: ./ssh/credentials.js
/** The key that is tried first, if it is in memory. */
function firstKey(credentials) {
    return credentials.kind === 'keys' ? credentials.keys[0]?.parsed() : undefined;
}

;// CONCATENATED MODULE: ./ssh/eager-authentication.js
/** What an RSA signature algorithm hashes with; the other keys have but one algorithm, which ssh2 knows. */
const RSA_HASHES = {
    'ssh-rsa': 'sha1',
    'rsa-sha2-256': 'sha256',
    'rsa-sha2-512': 'sha512',
};
/**
 * Saves two of the six round trips of connecting: a key in memory is not first offered without a signature, and the first
 * one goes out together with the request for the authentication service (RFC 4252, 7, lets a client do both).
 *
 * Call it after `connect()`. Where ssh2's internals are not as expected it changes nothing, and connecting takes longer.
 * @param first the key that will be tried first, if it is in memory
 * @param onSent called when the first request went out ahead
 */
function authenticateEagerly(client, username, first, onSent) {
    const protocol = protocolOf(client);
    if (protocol === undefined)
        return;
    const request = protocol.authPK.bind(protocol);
    const requestSigned = (user, key, algorithm) => request(user, key, algorithm, (data, send) => send(key.sign(data, algorithm === undefined ? undefined : RSA_HASHES[algorithm])));
    // The server's word on which RSA algorithms it takes may come after the handshake.
    let ahead = first?.type === 'ssh-rsa' ? undefined : first;
    protocol.authPK = (user, key, algorithm, sign) => {
        if (sign !== undefined || !key.isPrivateKey())
            request(user, key, algorithm, sign);
        else if (key === ahead)
            ahead = undefined;
        else
            requestSigned(user, key, algorithm);
    };
    // ssh2 asks for the service right after this event, in the same turn.
    client.once('handshake', () => queueMicrotask(() => {
        if (ahead === undefined)
            return;
        requestSigned(username, ahead);
        onSent();
    }));
}
function protocolOf(client) {
    const { _protocol } = client;
    return isAuthenticationProtocol(_protocol) ? _protocol : undefined;
}
function isAuthenticationProtocol(protocol) {
    return typeof protocol?.authPK === 'function' && protocol.authPK.length === 4;
}

// EXTERNAL MODULE: ./ssh/handshake-progress.js
var handshake_progress = __webpack_require__(8521);
;// CONCATENATED MODULE: ./ssh/handshake.js








/** What ssh2 can check, best first; RSA with SHA-2 alone. */
const SUPPORTED_HOST_KEYS = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
];
/**
 * Speaks SSH on a connected socket up to authentication; destroys the socket when that fails.
 * @param onRequestable called once, when channels can be asked for: maybe before the server has let us in
 * @returns what `onRequestable` made, once we are in
 * @throws ActionError
 */
async function shakeHands(socket, options, timeouts, onRequestable) {
    const client = new lib.Client();
    const progress = new handshake_progress/* HandshakeProgress */.L(options);
    const handshake = {
        client,
        get roundTripMs() {
            return progress.roundTripMs;
        },
        get isAuthenticated() {
            return progress.isAuthenticated;
        },
    };
    let early;
    const onSent = () => {
        if (mayAskEarly(options, progress))
            early = { made: onRequestable(handshake) };
    };
    try {
        const config = clientConfig(socket, options, timeouts, progress);
        client.once('handshake', () => progress.keysExchanged());
        keepCipherKeys(client);
        client.connect(config); // may throw: nothing waits yet
        const authenticated = untilReady(client, progress, options, timeouts);
        progress.peek(socket);
        authenticateEagerly(client, options.user, firstKey(options.credentials), onSent);
        await authenticated;
        return early === undefined ? onRequestable(handshake) : early.made;
    }
    catch (error) {
        socket.destroy();
        throw error;
    }
}
function clientConfig(socket, options, timeouts, progress) {
    return {
        sock: socket,
        username: options.user,
        algorithms: algorithms(options),
        hostVerifier: (blob, verify) => {
            progress.hostKey = (0,host_key_check/* hostKeyFailure */.M9)(options.hostKeys, options.host, options.port, blob);
            // ssh2 refuses on `false` alone and takes whatever is returned for a verdict: so a block, and no return.
            verify(progress.hostKey === undefined);
        },
        authHandler: (0,authentication/* publicKeyOnly */.v1)(options.credentials, options.user, progress),
        readyTimeout: 0,
        keepaliveInterval: timeouts.keepAlive.intervalMs,
        keepaliveCountMax: Number.MAX_SAFE_INTEGER,
        strictVendor: false,
    };
}
/**
 * "Any non-authentication messages sent by the client after the request that resulted in SSH_MSG_USERAUTH_SUCCESS being
 * sent MUST be passed to the service" (RFC 4252, 5.1). So nothing may follow a request that need not be the last one,
 * and whether a server keeps to it is known of OpenSSH only.
 */
function mayAskEarly({ credentials }, { server }) {
    return credentials.kind === 'keys' && credentials.keys.length === 1 && server === 'OpenSSH';
}
/** Resolves when the client is authenticated; rejects when it fails, when a phase takes too long, or when cancelled. */
async function untilReady(client, progress, options, timeouts) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const limit = (ms) => setTimeout(() => reject(progress.timedOut(ms)), ms);
    let timer = limit(timeouts.handshakeMs);
    client.once('handshake', () => {
        clearTimeout(timer);
        timer = limit(timeouts.authenticationMs);
    });
    const onAbort = () => reject(new errors/* ActionError */.lZ('cancelled', `connecting to ${options.host} was cancelled`));
    options.signal?.addEventListener('abort', onAbort);
    if (options.signal?.aborted === true)
        onAbort();
    client.once('ready', () => {
        progress.isAuthenticated = true;
        resolve(undefined);
    });
    client.on('error', (error) => reject(progress.explain(error)));
    client.once('close', () => reject(progress.explain(new Error('the server closed the connection'))));
    try {
        await promise;
    }
    finally {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
    }
}
/** ssh2's own order of ciphers stands: AES-GCM first, which processors of today do in hardware. */
function algorithms({ hostKeys, host, compress }) {
    const wanted = (0,host_key_check/* hostKeyAlgorithms */.Qb)(hostKeys);
    const known = SUPPORTED_HOST_KEYS.filter((algorithm) => wanted?.includes(algorithm));
    if (wanted !== undefined && known.length === 0)
        throw (0,host_key_check/* uncheckableHostKey */.v)(hostKeys, host);
    return {
        ...(wanted === undefined ? {} : { serverHostKey: known }),
        compress: compress === true ? ['zlib@openssh.com', 'none'] : ['none'],
    };
}


/***/ })

};
