export const id = 120;
export const ids = [120];
export const modules = {

/***/ 9120:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  parsePrivateKeys: () => (/* binding */ parsePrivateKeys)
});

// UNUSED EXPORTS: PrivateKey

// EXTERNAL MODULE: ../node_modules/ssh2/lib/index.js
var lib = __webpack_require__(7362);
// EXTERNAL MODULE: ./domain/errors.js
var errors = __webpack_require__(2443);
// EXTERNAL MODULE: ./domain/public-key.js
var public_key = __webpack_require__(4835);
// EXTERNAL MODULE: ./ssh/key-text.js
var key_text = __webpack_require__(1799);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./ssh/wire.js
var wire = __webpack_require__(1539);
;// CONCATENATED MODULE: ./ssh/pkcs8.js



const PKCS8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/;
/**
 * Turns a key in PKCS #8 (what OpenSSL writes) into a format that ssh2 reads; other formats pass unchanged.
 * @param name of the key, for errors
 * @throws ActionError `key-invalid` or `key-passphrase`
 */
function toReadablePem(block, name, passphrase) {
    const match = PKCS8.exec(block);
    if (match === null)
        return block;
    if (match[1] !== undefined && passphrase === undefined) {
        throw new errors/* ActionError */.lZ('key-passphrase', `${name} is encrypted, and there is no passphrase`, {
            hint: 'Set the input ssh-key-passphrase.',
        });
    }
    const key = decode(block, name, passphrase);
    const type = key.asymmetricKeyType;
    if (type === 'rsa')
        return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (type === 'ec')
        return key.export({ type: 'sec1', format: 'pem' }).toString();
    if (type === 'ed25519')
        return openSshEd25519(key);
    throw new errors/* ActionError */.lZ('key-invalid', `${name} is a key of type ${String(type)}, which SSH does not use`, { hint: 'ed25519, ECDSA and RSA keys work.' });
}
function decode(block, name, passphrase) {
    try {
        return (0,external_node_crypto_.createPrivateKey)({ key: block, ...(passphrase === undefined ? {} : { passphrase }) });
    }
    catch (error) {
        if (isBadDecrypt(error) || (passphrase !== undefined && isWhole(block))) {
            throw wrongPassphrase(name);
        }
        throw new errors/* ActionError */.lZ('key-invalid', `${name} is damaged or cut off`, {
            hint: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
        });
    }
}
/**
 * Whether an encrypted key can be decrypted at all. One wrong passphrase in 256 makes something of it that ends as it should and is no key:
 * other wrong ones tell that from damage.
 */
function isWhole(block) {
    return Array.from({ length: 4 }, () => (0,external_node_crypto_.randomBytes)(16).toString('hex')).some((passphrase) => {
        try {
            (0,external_node_crypto_.createPrivateKey)({ key: block, passphrase });
            return true;
        }
        catch (error) {
            return isBadDecrypt(error);
        }
    });
}
function isBadDecrypt(error) {
    return /bad decrypt/i.test((0,errors/* toError */.iT)(error).message);
}
/** The unencrypted OpenSSH format (openssh/PROTOCOL.key), the only one in which ssh2 reads ed25519. */
function openSshEd25519(key) {
    const { x = '', d = '' } = key.export({ format: 'jwk' });
    const publicPart = Buffer.from(x, 'base64url');
    const privatePart = Buffer.from(d, 'base64url');
    const publicBlob = Buffer.concat([(0,wire/* sshString */._G)('ssh-ed25519'), (0,wire/* sshString */._G)(publicPart)]);
    const check = (0,external_node_crypto_.randomBytes)(4);
    const section = Buffer.concat([
        check,
        check,
        publicBlob,
        (0,wire/* sshString */._G)(Buffer.concat([privatePart, publicPart])),
        (0,wire/* sshString */._G)(''),
    ]);
    const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (section.length % 8)) % 8);
    const base64 = Buffer.concat([
        Buffer.from('openssh-key-v1\0'),
        (0,wire/* sshString */._G)('none'),
        (0,wire/* sshString */._G)('none'),
        (0,wire/* sshString */._G)(''),
        Buffer.from([0, 0, 0, 1]),
        (0,wire/* sshString */._G)(publicBlob),
        (0,wire/* sshString */._G)(Buffer.concat([section, padding])),
    ]).toString('base64');
    const lines = base64.match(/.{1,64}/g) ?? [];
    const label = 'OPENSSH PRIVATE KEY';
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
function wrongPassphrase(name) {
    return new errors/* ActionError */.lZ('key-passphrase', `ssh-key-passphrase does not decrypt ${name}`, {
        hint: 'Try it with `ssh-keygen -y -f KEYFILE`, and correct the secret.',
    });
}

;// CONCATENATED MODULE: ./ssh/private-key.js





/** A private key in memory. Nothing prints it: the key itself is private to the object, and its text is not kept. */
class PrivateKey {
    /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
    type;
    /** Of the public half: `SHA256:…`. */
    fingerprint;
    #key;
    constructor(key) {
        const publicKey = (0,public_key/* publicKeyFromBlob */.cJ)(key.getPublicSSH());
        this.type = key.type;
        this.fingerprint = publicKey === undefined ? 'unknown' : (0,public_key/* fingerprint */.Rj)(publicKey);
        this.#key = key;
    }
    /** For ssh2 alone. */
    parsed() {
        return this.#key;
    }
}
/**
 * Parses the `ssh-key` input: one private key or several, one after the other. Damage that secrets commonly suffer
 * (CRLF, no last newline, indentation, line breaks turned into blanks or into `\n`) is repaired.
 * @param passphrase of those keys that are encrypted
 * @throws ActionError `key-invalid` or `key-passphrase`; no text of a key is ever in it
 */
function parsePrivateKeys(text, passphrase) {
    const blocks = (0,key_text/* findKeyBlocks */.J)(text);
    return blocks.map((block, index) => {
        const name = blocks.length === 1 ? 'ssh-key' : `ssh-key, key ${index + 1}`;
        return parseBlock(block, name, passphrase);
    });
}
function parseBlock(block, name, passphrase) {
    const pem = toReadablePem(block, name, passphrase);
    // ssh2 answers a list for the OpenSSH format, which its types do not say; it always holds one key.
    const [key] = [lib.utils.parseKey(pem, passphrase)].flat();
    if (key instanceof Error)
        throw parseFailure(key, name);
    if (key?.isPrivateKey() !== true || !canSign(key))
        throw damaged(name);
    return new PrivateKey(key);
}
/** ssh2 reads past much damage; a signature shows it now rather than as a refused key later. */
function canSign(key) {
    const data = Buffer.from('test');
    try {
        const signature = key.sign(data);
        return Buffer.isBuffer(signature) && key.verify(data, signature);
    }
    catch {
        return false;
    }
}
/** ssh2's texts (lib/protocol/keyParser.js) hold no part of a key, but are not passed on all the same. */
function parseFailure(error, name) {
    const text = error.message;
    if (text.includes('no passphrase given')) {
        return new errors/* ActionError */.lZ('key-passphrase', `${name} is encrypted, and there is no passphrase`, {
            hint: 'Set the input ssh-key-passphrase.',
        });
    }
    if (/bad passphrase|integrity check failed|failed to decrypt/i.test(text)) {
        return wrongPassphrase(name);
    }
    if (text.startsWith('Unsupported')) {
        return new errors/* ActionError */.lZ('key-invalid', `${name} is of a type or format that is not supported`, {
            hint: 'ed25519, ECDSA and RSA keys work, in the format that `ssh-keygen` writes.',
        });
    }
    return damaged(name);
}
function damaged(name) {
    return new errors/* ActionError */.lZ('key-invalid', `${name} is damaged or cut off`, {
        hint: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
    });
}


/***/ })

};
