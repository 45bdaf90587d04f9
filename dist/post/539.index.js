export const id = 539;
export const ids = [539];
export const modules = {

/***/ 7539:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  isYaml: () => (/* binding */ isYaml),
  parseBuilders: () => (/* binding */ parseBuilders)
});

// EXTERNAL MODULE: ./domain/errors.js
var errors = __webpack_require__(2443);
;// CONCATENATED MODULE: ./domain/complaints.js

/** What is wrong with one text, all of it: a person corrects everything at once. */
class Complaints {
    #code;
    #input;
    #list = [];
    /** @param input what is read, for the error's message */
    constructor(code, input) {
        this.#code = code;
        this.#input = input;
    }
    /**
     * @param message what is wrong and where: `line 3, maxJobs: …`
     * @param hint what to do
     */
    add(message, hint) {
        this.#list.push({ message, hint });
    }
    /** Runs what throws an ActionError for bad input; that becomes a complaint, and the answer undefined. */
    attempt(parse, where) {
        try {
            return parse();
        }
        catch (error) {
            if (!(error instanceof errors/* ActionError */.lZ))
                throw error;
            this.add(`${where === undefined ? '' : `${where}: `}${error.message}`, error.hint);
            return undefined;
        }
    }
    /** @throws ActionError with the only complaint, or one that lists them all with their hints. */
    finish() {
        const [first, ...others] = this.#list;
        if (first === undefined)
            return;
        if (others.length === 0) {
            throw new errors/* ActionError */.lZ(this.#code, `${this.#input}: ${first.message}`, { hint: first.hint });
        }
        const all = this.#list.map(({ message, hint }) => hint === undefined ? message : `${message} (${hint})`);
        throw new errors/* ActionError */.lZ(this.#code, `${this.#input}: ${all.length} mistakes: ${all.join('; ')}`);
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./domain/public-key.js

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** A key from its two words `ssh-ed25519 AAAA…`; undefined unless the second is base64 of a whole key of the first's type. */
function public_key_publicKeyOf(type, base64) {
    if (!BASE64.test(base64))
        return undefined;
    const key = publicKeyFromBlob(Buffer.from(base64, 'base64'));
    return key?.type === type ? key : undefined;
}
/** A key from SSH's wire format; undefined if that is cut off or has no more than the type's name. */
function publicKeyFromBlob(blob) {
    const [type, ...parts] = splitStrings(blob) ?? [];
    if (type === undefined || parts.length === 0)
        return undefined;
    return { type: type.toString('latin1'), base64: blob.toString('base64') };
}
/** The strings of RFC 4251, each after its length in four bytes; undefined if they do not fill the blob exactly. */
function splitStrings(blob) {
    const strings = [];
    for (let at = 0; at < blob.length;) {
        if (at + 4 > blob.length)
            return undefined;
        const start = at + 4;
        at = start + blob.readUInt32BE(at);
        if (at > blob.length)
            return undefined;
        strings.push(blob.subarray(start, at));
    }
    return strings;
}
/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
function fingerprint(key) {
    const digest = createHash('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
    return `SHA256:${digest.replace(/=+$/, '')}`;
}
function samePublicKey(one, other) {
    return one.base64 === other.base64;
}

;// CONCATENATED MODULE: ./domain/known-hosts.js



const DEFAULT_SSH_PORT = 22;
/**
 * Parses a `known_hosts` text: hashed names, `[host]:port`, wildcards, negation, `@revoked`; comments and empty lines are skipped.
 * @throws ActionError `known-hosts-invalid`, naming the line.
 */
function parseKnownHosts(text) {
    return text.split(/\r?\n|\r/).flatMap((line, index) => {
        const words = line.trim().split(/\s+/);
        const isEntry = words[0] !== '' && !line.trim().startsWith('#');
        return isEntry ? [parseLine(words, index + 1)] : [];
    });
}
/** The name under which `known_hosts` lists a host: `host`, or `[host]:port` for any port but 22. */
function knownHostsName(host, port) {
    const name = host.toLowerCase();
    return port === DEFAULT_SSH_PORT ? name : `[${name}]:${port}`;
}
/**
 * The keys known for a host. Where no line names `[host]:port`, lines that name the host alone count for every port,
 * as in OpenSSH (sshconnect.c, "checking without port identifier").
 */
function lookupHostKeys(knownHosts, host, port) {
    const plain = linesFor(knownHosts, knownHostsName(host, DEFAULT_SSH_PORT));
    const exact = linesFor(knownHosts, knownHostsName(host, port));
    const trusting = exact.some((line) => !line.revoked) ? exact : plain;
    return {
        source: 'known-hosts',
        trusted: trusting.filter((line) => !line.revoked).map((line) => line.key),
        revoked: [...plain, ...exact].filter((line) => line.revoked).map((line) => line.key),
        empty: knownHosts.length === 0,
    };
}
/**
 * The one key of a host whose URI or machine entry pins it: a line `ssh-ed25519 AAAA… comment`, plain or base64 of it
 * (Nix's machines field 8 and `base64-ssh-public-host-key`).
 * @throws ActionError `known-hosts-invalid`
 */
function pinnedHostKey(text) {
    const line = text.trim();
    const key = keyOfLine(line) ?? keyOfLine(Buffer.from(line, 'base64').toString('utf8'));
    if (key === undefined) {
        throw new errors/* ActionError */.lZ('known-hosts-invalid', 'the public host key is neither a line such as `ssh-ed25519 AAAA…` nor base64 of one', {
            hint: 'Print it on the builder with `base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub`.',
        });
    }
    return { source: 'base64-ssh-public-host-key', trusted: [key], revoked: [], empty: false };
}
function keyOfLine(line) {
    const [type = '', base64 = ''] = line.trim().split(/\s+/);
    return public_key_publicKeyOf(type, base64);
}
function linesFor(knownHosts, name) {
    return knownHosts.filter((line) => line.matches(name));
}
function parseLine(words, lineNumber) {
    const marker = words[0]?.startsWith('@') === true ? words[0] : undefined;
    if (marker !== undefined)
        checkMarker(marker, lineNumber);
    const [names = '', type = '', base64 = ''] = marker === undefined ? words : words.slice(1);
    if (base64 === '') {
        throw invalid(lineNumber, 'has fewer than three words');
    }
    const key = publicKeyOf(type, base64);
    if (key === undefined) {
        throw invalid(lineNumber, `holds no ${JSON.stringify(type)} key: it is damaged or cut off`);
    }
    return { revoked: marker === '@revoked', matches: nameMatcher(names, lineNumber), key };
}
function checkMarker(marker, lineNumber) {
    if (marker === '@revoked')
        return;
    if (marker !== '@cert-authority')
        throw invalid(lineNumber, `has an unknown marker ${marker}`);
    throw new ActionError('known-hosts-invalid', `known-hosts, line ${lineNumber}: @cert-authority takes transport: openssh, host certificates cannot be checked without`, {
        hint: 'Set transport: openssh, or pin the plain key of the host instead: on the builder, `cat /etc/ssh/ssh_host_ed25519_key.pub` prints ' +
            'the words that follow the host name in a known-hosts line.',
    });
}
function invalid(lineNumber, what) {
    return new ActionError('known-hosts-invalid', `known-hosts, line ${lineNumber} ${what}`, {
        hint: 'A line reads `builder.example.org ssh-ed25519 AAAA…`, as in ~/.ssh/known_hosts.',
    });
}
function nameMatcher(names, lineNumber) {
    if (names.startsWith('|'))
        return hashedNameMatcher(names, lineNumber);
    const patterns = names.toLowerCase().split(',');
    const positive = patterns.filter((pattern) => !pattern.startsWith('!')).map(patternRegExp);
    const negative = patterns
        .filter((pattern) => pattern.startsWith('!'))
        .map((pattern) => patternRegExp(pattern.slice(1)));
    return (name) => positive.some((pattern) => pattern.test(name)) &&
        !negative.some((pattern) => pattern.test(name));
}
/** `|1|salt|hash`: hash is HMAC-SHA1 of the name, keyed with the salt (hostfile.c, `host_hash`). */
function hashedNameMatcher(names, lineNumber) {
    const [, version, salt = '', hash = '', ...rest] = names.split('|');
    const expected = Buffer.from(hash, 'base64');
    if (version !== '1' || salt === '' || expected.length !== 20 || rest.length > 0) {
        throw invalid(lineNumber, 'has a hashed host name that is damaged');
    }
    const key = Buffer.from(salt, 'base64');
    return (name) => timingSafeEqual(createHmac('sha1', key).update(name).digest(), expected);
}
/** A pattern of `*`, `?` and plain characters; the brackets of `[host]:port` are plain. */
function patternRegExp(pattern) {
    const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*+/g, '.*')
        .replaceAll('?', '.');
    return new RegExp(`^${source}$`);
}

;// CONCATENATED MODULE: ./domain/ssh-uri.js

/** How a remote Nix is spoken to over SSH: the worker protocol, or the legacy serve protocol. */
const PROTOCOLS = ['ssh-ng', 'ssh'];
const SSH_PARAMETERS = [
    'ssh-key',
    'base64-ssh-public-host-key',
    'compress',
    'remote-program',
    'remote-store',
    'port',
    'system-features',
    'systems',
];
const DEFAULT_PORT = 22;
// The host is a name, an IPv4 address, or an IPv6 address in brackets, with a zone perhaps.
const AUTHORITY = /^(?:(?<user>[^@]*)@)?(?:\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d*))?$/;
// Without brackets Nix takes all of it for the address, and no port (store-reference.cc, "unbracketed IPv6 addresses").
const BARE_IPV6 = /^(?:(?<user>[^@]*)@)?(?<ipv6>(?=.*::|(?:[^:]*:){6})[0-9A-Fa-f:.]+(?:%[\w.-]+)?)$/;
/**
 * Parses the URI of a store or a machine that is reached over SSH.
 * @param where for errors: which input, which line
 * @throws ActionError `store-uri-invalid`
 */
function parseSshUri(uri, where) {
    const [, scheme = '', authority = '', path = '', query = ''] = /^([a-z0-9+.-]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? [];
    const protocol = PROTOCOLS.find((known) => known === scheme);
    if (protocol === undefined) {
        throw invalidUri(where, `${shownUri(uri)} is no URI of the form ssh-ng://user@host`);
    }
    if (path !== '' && path !== '/') {
        throw invalidUri(where, `${JSON.stringify(path)} after the host has no meaning`);
    }
    const parameters = parseQuery(query, where);
    const { user, host, port } = parseAuthority(authority, where);
    return {
        protocol,
        user,
        host,
        port: parsePort(parameters.get('port') ?? port, where),
        parameters,
    };
}
/** `ssh-ng://user@host:port`: enough to tell remotes apart in a log, and without parameters. */
function formatEndpoint({ protocol, user, host, port }) {
    const name = host.includes(':') ? `[${host}]` : host;
    return `${protocol}://${user === undefined ? '' : `${user}@`}${name}${port === DEFAULT_PORT ? '' : `:${port}`}`;
}
/** Of an authority or a whole URI. */
function withoutPassword(text) {
    return text.replace(/^((?:[^/@]*\/\/)?[^:@/]*):(?!\/\/).*@/, '$1:…@');
}
/** All URIs in a text without who logs in: the user may be a token. */
function withoutLogins(text) {
    return text.replace(/:\/\/[^/?#\s]*@/g, '://');
}
/** What somebody wrote where a URI is expected, quoted and cut, fit for a message. */
function shownUri(text) {
    return JSON.stringify(withoutPassword(text).slice(0, 100));
}
/** An error about a URI. */
function invalidUri(where, what, hint) {
    return new errors/* ActionError */.lZ('store-uri-invalid', `${where}: ${what}`, {
        hint: hint ?? 'A remote store is written ssh-ng://user@builder.example.org',
    });
}
/** The values of a parameter that holds several. */
function words(text, separator) {
    return (text ?? '').split(separator).filter((word) => word !== '');
}
/**
 * Nix's spellings (config.cc, `parseBool`).
 * @throws ActionError `store-uri-invalid`
 */
function parseBoolean(name, text, where) {
    switch (text) {
        case undefined:
        case 'false':
        case 'no':
        case '0':
            return false;
        case 'true':
        case 'yes':
        case '1':
            return true;
        default:
            throw invalidUri(where, `${name} is ${JSON.stringify(text)}: true or false is meant`);
    }
}
/**
 * 1 to 65535; 22 where nothing is given.
 * @throws ActionError `store-uri-invalid`
 */
function parsePort(text, where) {
    if (text === undefined)
        return DEFAULT_PORT;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65535) {
        throw invalidUri(where, `${JSON.stringify(text)} is no port: 1 to 65535`, 'Where none is given, it is 22.');
    }
    return port;
}
// The spelling of a zone before 2.31, which newer Nix reads too.
const UNENCODED_ZONE = /^((?:[^@]*@)?\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)%(?!25)/;
function parseAuthority(authority, where) {
    const groups = splitAuthority(decode(authority.replace(UNENCODED_ZONE, '$1%25'), where));
    if (groups === undefined || groups.host.startsWith('-')) {
        throw invalidUri(where, `${JSON.stringify(withoutPassword(authority))} is no user@host:port`);
    }
    const { user } = groups;
    if (user?.includes(':') === true) {
        throw invalidUri(where, 'a password has no place in the URI', 'Use the input ssh-key.');
    }
    if (user === '' || user?.startsWith('-') === true) {
        throw invalidUri(where, 'the user name before @ is empty or begins with a hyphen');
    }
    return groups;
}
function splitAuthority(authority) {
    const groups = (BARE_IPV6.exec(authority) ?? AUTHORITY.exec(authority))?.groups;
    const host = groups?.['ipv6'] ?? groups?.['name'];
    return host === undefined ? undefined : { user: groups?.['user'], host, port: groups?.['port'] };
}
/** Where a parameter is given twice, the last one counts. One that is empty counts as not given. */
function parseQuery(query, where) {
    const parameters = new Map();
    for (const pair of query.split('&').filter((part) => part !== '')) {
        const [encodedName = '', ...value] = pair.split('=');
        const decodedName = decode(encodedName, where);
        const name = SSH_PARAMETERS.find((known) => known === decodedName);
        if (name === undefined) {
            throw invalidUri(where, `the parameter ${JSON.stringify(decodedName)} is not supported`, `Supported are ${SSH_PARAMETERS.join(', ')}.`);
        }
        const text = decode(value.join('='), where);
        if (text === '')
            parameters.delete(name);
        else
            parameters.set(name, text);
    }
    return parameters;
}
function decode(text, where) {
    try {
        return decodeURIComponent(text);
    }
    catch (error) {
        throw new errors/* ActionError */.lZ('store-uri-invalid', `${where}: % is not followed by two digits`, {
            hint: 'Write a percent sign as %25, and a blank as %20.',
            cause: error,
        });
    }
}

// EXTERNAL MODULE: ./domain/system.js
var system = __webpack_require__(8817);
;// CONCATENATED MODULE: ./domain/machine.js



/** As Nix has it where a machine does not say. */
const DEFAULT_MAX_JOBS = 1;
const DEFAULT_SPEED_FACTOR = 1;
/**
 * The machine of a `store` entry.
 * @throws ActionError `input-invalid` for a system that is none, `known-hosts-invalid` for a host key that is none
 */
function machineOfStore(uri) {
    const { user, host, port, sshKey, compress, remoteProgram, remoteStore } = uri;
    const key = uri.base64SshPublicHostKey;
    return {
        protocol: 'ssh-ng',
        user,
        host,
        port,
        sshKey,
        publicHostKey: key === undefined ? undefined : normalHostKey(key),
        compress,
        remoteProgram,
        remoteStore,
        systems: unique(uri.systems.map(parseMachineSystem)),
        maxJobs: DEFAULT_MAX_JOBS,
        speedFactor: DEFAULT_SPEED_FACTOR,
        supportedFeatures: unique(uri.systemFeatures),
        mandatoryFeatures: [],
    };
}
/**
 * A machine as a remote store.
 * @returns undefined for one that is not: of the old protocol, or only for builds that require features of its
 */
function storeOfMachine(machine) {
    const { protocol, publicHostKey, systems, supportedFeatures, mandatoryFeatures } = machine;
    if (protocol !== 'ssh-ng' || mandatoryFeatures.length > 0)
        return undefined;
    const { user, host, port, sshKey, compress, remoteProgram, remoteStore } = machine;
    return {
        ...{ user, host, port, sshKey, compress, remoteProgram, remoteStore },
        base64SshPublicHostKey: publicHostKey,
        systemFeatures: supportedFeatures,
        systems: systems.filter((system) => system !== 'builtin'),
    };
}
/** By which a person tells it from others: `ssh-ng://user@host:port`, without parameters. */
function machineName(machine) {
    return formatEndpoint(machine);
}
/**
 * @throws ActionError `input-invalid` for a text that is neither `cpu-kernel` nor `builtin`
 */
function parseMachineSystem(text) {
    return text === 'builtin' ? text : (0,system/* parseSystem */.V)(text);
}
/**
 * A host key as every Nix reads it: base64 of its line, without the comment.
 * @param text that line, or base64 of it
 * @throws ActionError `known-hosts-invalid`
 */
function normalHostKey(text) {
    const [key] = pinnedHostKey(text).trusted;
    return Buffer.from(`${key?.type} ${key?.base64}`).toString('base64');
}
/** Whether two entries say the same; the order of systems and features has no meaning. */
function sameMachine(one, other) {
    return JSON.stringify(comparable(one)) === JSON.stringify(comparable(other));
}
function comparable(machine) {
    return [
        machineName(machine),
        machine.sshKey,
        machine.publicHostKey,
        machine.compress,
        machine.remoteProgram,
        machine.remoteStore,
        machine.systems.toSorted(),
        machine.maxJobs,
        machine.speedFactor,
        machine.supportedFeatures.toSorted(),
        machine.mandatoryFeatures.toSorted(),
    ];
}
/** In the order of the first of each. */
function unique(items) {
    return [...new Set(items)];
}

;// CONCATENATED MODULE: ./domain/machine-entry.js


/** The greatest that fits Nix's `unsigned int`. */
const MOST_JOBS = 0xffff_ffff;
// What boost's lexical_cast makes a float of, but for infinity and what is no number.
const DECIMAL = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/**
 * Checks every field of an entry.
 * @param defaultSystems what an entry without systems builds for: in Nix, the system of whoever reads it
 * @returns undefined where it is not known which machine is meant; else what is complained about has its default
 */
function readEntry(entry, defaultSystems, complaints) {
    const remote = readUri(entry, complaints);
    const rest = {
        systems: readSystems(entry, complaints) ?? defaultSystems,
        maxJobs: readMaxJobs(entry, complaints),
        speedFactor: readSpeedFactor(entry, complaints),
        supportedFeatures: readFeatures(entry, 'supportedFeatures', complaints),
        mandatoryFeatures: readFeatures(entry, 'mandatoryFeatures', complaints),
    };
    const sshKey = readKeyPath(entry, complaints) ?? remote?.sshKey;
    const publicHostKey = readHostKey(entry, complaints) ?? remote?.publicHostKey;
    return remote && { ...remote, ...rest, sshKey, publicHostKey };
}
/** As Nix does, a field wins over the parameter of the same meaning (machines.cc, `completeStoreReference`). */
function readUri(entry, complaints) {
    const where = entry.where('uri');
    const scheme = /^([^/?#]*):\/\//.exec(entry.uri)?.[1];
    if (!PROTOCOLS.some((protocol) => protocol === scheme)) {
        complaints.add(`${where}: ${shownUri(entry.uri)} is no machine that builds for others`, 'A machine is reached by ssh-ng:// or ssh://: ssh-ng://user@builder.example.org');
        return undefined;
    }
    return complaints.attempt(() => {
        const { parameters, ...endpoint } = parseSshUri(entry.uri, where);
        refuseUnheard(parameters, where, complaints);
        const hostKey = parameters.get('base64-ssh-public-host-key');
        return {
            ...endpoint,
            sshKey: parameters.get('ssh-key'),
            publicHostKey: hostKey === undefined ? undefined : complaints.attempt(() => normalHostKey(hostKey), where),
            compress: parseBoolean('compress', parameters.get('compress'), where),
            remoteProgram: words(parameters.get('remote-program'), /\s+/),
            remoteStore: parameters.get('remote-store'),
        };
    });
}
/** These say something of a store; which machine gets a derivation Nix decides by the fields alone (build-remote.cc). */
function refuseUnheard(parameters, where, complaints) {
    const fields = { systems: 'systems', 'system-features': 'supportedFeatures' };
    for (const [parameter, field] of Object.entries(fields)) {
        if (parameters.has(parameter)) {
            complaints.add(`${where}: the parameter ${parameter} says nothing of a builder`, `Write it in the field ${field}.`);
        }
    }
}
function readSystems({ systems, where }, complaints) {
    const read = systems?.map((text) => complaints.attempt(() => parseMachineSystem(text), where('systems')));
    return read && unique(read.filter((system) => system !== undefined));
}
/** A key itself must not get where paths go: into messages, and files of Nix. */
function readKeyPath({ sshKey, where }, complaints) {
    if (sshKey === undefined || !/[\n]|-----BEGIN/.test(sshKey))
        return sshKey;
    complaints.add(`${where('sshKey')}: this is no path of a file`, 'Give a key itself by the input ssh-key.');
    return undefined;
}
/** Nix takes 0, and then waits without end for such a machine where a build fits no other (2.8.0 to 2.34.8). */
function readMaxJobs({ maxJobs, where }, complaints) {
    if (maxJobs === undefined)
        return DEFAULT_MAX_JOBS;
    const value = /^\d+$/.test(maxJobs) ? Number(maxJobs) : 0;
    if (value > 0 && value <= MOST_JOBS)
        return value;
    complaints.add(`${where('maxJobs')}: ${JSON.stringify(maxJobs)} is no number of jobs`, `Allowed: a whole number, 1 to ${MOST_JOBS}. Leave out a machine that is to build nothing.`);
    return DEFAULT_MAX_JOBS;
}
/** 0 is 1, as in Nix. */
function readSpeedFactor({ speedFactor, where }, complaints) {
    if (speedFactor === undefined)
        return DEFAULT_SPEED_FACTOR;
    const value = DECIMAL.test(speedFactor) ? Number(speedFactor) : Infinity;
    // Nix reads a float of 32 bits.
    if (Number.isFinite(Math.fround(value)))
        return value === 0 ? DEFAULT_SPEED_FACTOR : value;
    complaints.add(`${where('speedFactor')}: ${JSON.stringify(speedFactor)} is no speed factor`, 'Allowed: a positive number such as 1, 2 or 1.5.');
    return DEFAULT_SPEED_FACTOR;
}
function readFeatures(entry, field, complaints) {
    const features = entry[field] ?? [];
    for (const feature of features) {
        if (/^[^\s,;#]+$/.test(feature) && feature !== '-')
            continue;
        complaints.add(`${entry.where(field)}: ${JSON.stringify(feature)} is no system feature`, 'A feature is one word, such as kvm or big-parallel, without , ; or #.');
    }
    return unique(features);
}
function readHostKey({ publicHostKey, where }, complaints) {
    if (publicHostKey === undefined)
        return undefined;
    return complaints.attempt(() => normalHostKey(publicHostKey), where('publicHostKey'));
}

// EXTERNAL MODULE: ./domain/text.js
var domain_text = __webpack_require__(3295);
;// CONCATENATED MODULE: ./domain/machines-lines.js





/** Nix's eight fields in their order, by the names that NixOS gives them. */
const FIELDS = [
    'uri',
    'systems',
    'sshKey',
    'maxJobs',
    'speedFactor',
    'supportedFeatures',
    'mandatoryFeatures',
    'publicHostKey',
];
const SEPARATE = 'Separate machines with `;` or a newline.';
const MOST_INCLUDES = 10;
/**
 * Reads Nix's machines format (machines.cc of 2.34) into machines. As Nix has it: `#` begins a comment that ends with the line, `;` in it
 * or not (up to 2.28.0 a `;` ended it too, and what follows was a machine); a host without a scheme is `ssh://host`, which later Nix is
 * going to refuse (NixOS/nix#16185), so that what we write always has one. Stricter than Nix: what it passes over in silence (a ninth field,
 * an `@file` that is not there) or finds out when it connects is complained about.
 */
function readMachineLines(text, context, complaints) {
    return expand(text, '', [], context, complaints).flatMap((segment) => {
        const machine = readSegment(segment, context, complaints);
        return machine === undefined ? [] : [{ machine, where: segment.where }];
    });
}
/** @param files the files we are in, outermost first */
function expand(text, prefix, files, context, complaints) {
    return text.split('\n').flatMap((line, index) => {
        const segments = line.replace(/#.*/s, '').split(';').map(trim);
        const filled = segments.filter((segment) => segment !== '');
        return filled.flatMap((segment, position) => {
            const machine = filled.length === 1 ? '' : `, machine ${position + 1}`;
            const where = `${prefix}line ${index + 1}${machine}`;
            if (!segment.startsWith('@'))
                return [{ text: segment, where }];
            return include(trim(segment.slice(1)), where, files, context, complaints);
        });
    });
}
function include(file, where, files, context, complaints) {
    const named = `${where}: the file ${JSON.stringify(file)}`;
    if (files.includes(file) || files.length === MOST_INCLUDES) {
        complaints.add(`${named} is included by itself, or ${MOST_INCLUDES} files deep`);
        return [];
    }
    const text = contentOf(file, named, context, complaints);
    return text === undefined ? [] : expand(text, `${file}, `, [...files, file], context, complaints);
}
function contentOf(file, named, { readFile }, complaints) {
    try {
        const text = readFile(file);
        if (text === undefined) {
            complaints.add(`${named} does not exist`, 'It must be on the runner. Without it there would be no machines, and Nix would not say so.');
        }
        return text;
    }
    catch (error) {
        complaints.add(`${named} cannot be read: ${(0,domain_text/* printable */.g$)((0,errors/* toError */.iT)(error).message)}`);
        return undefined;
    }
}
/** One machine; what only a blank separates from it is read too, so that all mistakes of the line are told at once. */
function readSegment({ text, where }, context, complaints) {
    const tokens = text.split(/[ \t\r]+/);
    const second = findSecondMachine(tokens);
    const own = second === undefined ? tokens : tokens.slice(0, second);
    const machine = readFields(own, where, context, complaints);
    if (second === undefined)
        return machine;
    const rest = tokens.slice(second);
    const name = FIELDS[second];
    const place = name === undefined ? `${where}, field ${second + 1}` : whereIs(where, name);
    complaints.add(`${place}: ${shownUri(rest[0] ?? '')} is a second machine`, SEPARATE);
    readSegment({ text: rest.join(' '), where: `${where}, second machine` }, context, complaints);
    return machine;
}
function readFields(tokens, where, context, complaints) {
    refuseFurtherFields(tokens, where, complaints);
    const field = (index) => tokens[index] === '-' ? undefined : tokens[index];
    const [uri, systems, sshKey, maxJobs, speedFactor, supported, mandatory, publicHostKey] = FIELDS.map((_, index) => field(index));
    if (uri === undefined) {
        complaints.add(`${whereIs(where, 'uri')}: the machine is missing`, 'The first field is its URI: ssh-ng://user@builder.example.org');
        return undefined;
    }
    const entry = {
        uri: withScheme(uri),
        systems: commaSeparated(systems),
        sshKey,
        maxJobs,
        speedFactor,
        supportedFeatures: commaSeparated(supported),
        mandatoryFeatures: commaSeparated(mandatory),
        publicHostKey,
        where: (name) => whereIs(where, name),
    };
    return readEntry(entry, context.defaultSystems, complaints);
}
/** Machines that only a blank separates: Nix would take the second for systems or a key of the first, or pass over it. */
function findSecondMachine(tokens) {
    const isUri = (token, index) => token.includes('://') || (FIELDS[index] === 'systems' && token.includes('@'));
    const second = tokens.findIndex((token, index) => index > 0 && isUri(token, index));
    return second === -1 ? undefined : second;
}
function refuseFurtherFields(tokens, where, complaints) {
    if (tokens.length <= FIELDS.length)
        return;
    complaints.add(`${where}: ${tokens.length} fields, beginning with ${shownUri(tokens[0] ?? '')}; there are ${FIELDS.length}`, `${SEPARATE} A blank within a URI is written %20.`);
}
function whereIs(where, field) {
    const name = field === 'uri' ? 'store URI' : field;
    return `${where}, field ${FIELDS.indexOf(field) + 1} (${name})`;
}
/** Which names are stores of another kind and get no scheme: machines.cc, `Machine::Machine`. */
function withScheme(text) {
    const isOther = text.includes('/') || /^(?:auto|daemon|local)(?:\?|$)|^\?/.test(text);
    return isOther ? text : `ssh://${text}`;
}
function commaSeparated(text) {
    return text?.split(',').filter((item) => item !== '');
}
/** As Nix trims: its blanks are these and no others. */
function trim(text) {
    return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

// EXTERNAL MODULE: ../node_modules/yaml/dist/index.js
var dist = __webpack_require__(6637);
;// CONCATENATED MODULE: ./domain/suggestions.js
/** The names most like a mistyped one: at most three, at most two edits away, nearest first (as Nix suggests them). */
function similarNames(name, names) {
    return names
        .filter((candidate) => Math.abs(candidate.length - name.length) <= MAX_DISTANCE)
        .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
        .filter(({ distance }) => distance <= MAX_DISTANCE)
        .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
        .slice(0, 3)
        .map(({ candidate }) => candidate);
}
const MAX_DISTANCE = 2;
/** Levenshtein's distance: insertions, deletions and replacements of one character. */
function editDistance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (const [line, character] of Array.from(a).entries()) {
        const next = [line + 1];
        for (const [column, other] of Array.from(b).entries()) {
            const replaced = (row[column] ?? 0) + (character === other ? 0 : 1);
            next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        }
        row = next;
    }
    return row.at(-1) ?? 0;
}

;// CONCATENATED MODULE: ./domain/machine-fields-yaml.js



/** Of NixOS `nix.buildMachines`, but for `port`, which is ours. */
const TEXTS = [
    'hostName',
    'sshUser',
    'sshKey',
    'protocol',
    'port',
    'system',
    'maxJobs',
    'speedFactor',
    'publicHostKey',
];
const LISTS = ['systems', 'supportedFeatures', 'mandatoryFeatures'];
const machine_fields_yaml_FIELDS = [...TEXTS, ...LISTS];
/** @param place where the machine is, for a field that it lacks */
function machine_fields_yaml_readFields(map, place, reading) {
    const texts = new Map();
    const lists = new Map();
    const places = new Map();
    for (const pair of map.items) {
        const name = (0,dist/* isScalar */.jn)(pair.key) ? String(pair.key.value) : '';
        const line = `line ${lineOf(reading, pair.key)}`;
        places.set(name, line);
        const textField = TEXTS.find((field) => field === name);
        const listField = LISTS.find((field) => field === name);
        if (textField)
            setIfGiven(texts, textField, readText(pair, `${line}, ${name}`, reading));
        else if (listField)
            setIfGiven(lists, listField, readList(pair, `${line}, ${name}`, reading));
        else
            refuseField(name, line, reading);
    }
    return { texts, lists, where: (field) => `${places.get(field) ?? place}, ${field}` };
}
function setIfGiven(map, key, value) {
    if (value !== undefined)
        map.set(key, value);
}
function refuseField(name, where, { complaints }) {
    const similar = similarNames(name, machine_fields_yaml_FIELDS);
    const meant = similar.length === 0 ? '' : `Is ${similar.join(' or ')} meant? `;
    complaints.add(`${where}: there is no field ${JSON.stringify((0,domain_text/* printable */.g$)(name, 100))}`, `${meant}Fields are ${machine_fields_yaml_FIELDS.join(', ')}.`);
}
function readText({ value }, where, reading) {
    const read = scalarText(value, reading);
    if (read !== 'other')
        return read?.text;
    reading.complaints.add(`${where}: one text or number is expected`, 'Write it on the same line.');
    return undefined;
}
function readList({ value }, where, reading) {
    const node = (0,dist/* isAlias */.Vj)(value) ? value.resolve(reading.document) : value;
    const items = (0,dist/* isSeq */.oP)(node) ? node.items : [node];
    const read = items.map((item) => scalarText(item, reading));
    if (read.includes('other')) {
        reading.complaints.add(`${where}: a list of texts is expected`, 'Write `[kvm, big-parallel]`.');
        return undefined;
    }
    const texts = read.filter((item) => item !== 'other').flatMap((item) => item?.text ?? []);
    if ((0,dist/* isSeq */.oP)(node))
        return texts;
    return texts.length === 0
        ? undefined
        : texts.flatMap((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
}
/** A number as it is written; undefined for null. */
function scalarText(item, { document }) {
    const node = (0,dist/* isAlias */.Vj)(item) ? item.resolve(document) : item;
    if (node === null)
        return undefined;
    if (!(0,dist/* isScalar */.jn)(node))
        return 'other';
    if (node.value === null)
        return undefined;
    if (typeof node.value === 'string')
        return { text: node.value };
    return typeof node.value === 'number' ? { text: node.source ?? String(node.value) } : 'other';
}
/** The line where a node of the document begins, from 1 on. */
function lineOf(reading, node) {
    const range = typeof node === 'object' && node && 'range' in node && node.range;
    const start = Array.isArray(range) ? range[0] : undefined;
    return lineAt(reading, typeof start === 'number' ? start : 0);
}
function lineAt({ lines }, offset) {
    return lines.linePos(offset).line;
}

;// CONCATENATED MODULE: ./domain/machines-yaml.js





/** What `nix.buildMachines` has where no protocol is given. */
const DEFAULT_PROTOCOL = 'ssh';
const AS_LIST = 'Write one `- hostName: builder.example.org` for each machine, with its other fields below.';
/**
 * Reads a YAML list of machines with the names, meanings and defaults of NixOS `nix.buildMachines`; what `nix eval --json` prints of that
 * option is YAML too. A field that is null is not given. Lists may be written as one text, with commas or blanks between the items.
 */
function readMachinesYaml(text, defaultSystems, complaints) {
    const lines = new dist/* LineCounter */.HN();
    const document = (0,dist/* parseDocument */.Tp)(text, { lineCounter: lines, prettyErrors: false });
    const reading = { document, lines, complaints };
    // What follows from one mistake may be many.
    for (const error of document.errors.slice(0, 1)) {
        const what = error.code === 'MULTIPLE_DOCS' ? 'a second document begins' : (0,domain_text/* printable */.g$)(error.message);
        complaints.add(`line ${lineAt(reading, error.pos[0])}: ${what}`, AS_LIST);
    }
    if (document.errors.length > 0)
        return [];
    if (!(0,dist/* isSeq */.oP)(document.contents)) {
        complaints.add('line 1: this is YAML, but no list of machines', AS_LIST);
        return [];
    }
    return document.contents.items.flatMap((item) => {
        const node = (0,dist/* isAlias */.Vj)(item) ? item.resolve(document) : item;
        const where = `line ${lineOf(reading, item)}`;
        if (!(0,dist/* isMap */.jh)(node)) {
            complaints.add(`${where}: a machine is written as fields`, AS_LIST);
            return [];
        }
        const machine = readMachine(machine_fields_yaml_readFields(node, where, reading), where, defaultSystems, reading);
        return machine === undefined ? [] : [{ machine, where }];
    });
}
function readMachine(fields, place, defaultSystems, { complaints }) {
    const { texts, lists, where } = fields;
    const uri = uriOf(fields, place, complaints);
    const system = texts.get('system');
    const entry = {
        uri: uri ?? `${DEFAULT_PROTOCOL}://unknown`,
        // As in NixOS: `system` wins, and an empty list is none.
        systems: system === undefined ? orUndefined(lists.get('systems')) : [system],
        sshKey: orUndefined(texts.get('sshKey')),
        maxJobs: texts.get('maxJobs'),
        speedFactor: texts.get('speedFactor'),
        supportedFeatures: lists.get('supportedFeatures'),
        mandatoryFeatures: lists.get('mandatoryFeatures'),
        publicHostKey: orUndefined(texts.get('publicHostKey')),
        where: (field) => {
            if (field === 'uri')
                return where('hostName');
            return where(field === 'systems' && system !== undefined ? 'system' : field);
        },
    };
    const machine = readEntry(entry, defaultSystems, complaints);
    return uri === undefined ? undefined : machine;
}
function orUndefined(value) {
    return value?.length === 0 ? undefined : value;
}
/** Put together as NixOS does it, which is why a host name may carry parameters. */
function uriOf({ texts, where }, place, complaints) {
    const protocol = texts.get('protocol') ?? DEFAULT_PROTOCOL;
    if (!PROTOCOLS.some((known) => known === protocol)) {
        complaints.add(`${where('protocol')}: ${JSON.stringify(protocol)} is no protocol that builds`, `Allowed: ${PROTOCOLS.join(', ')}.`);
        return undefined;
    }
    const host = texts.get('hostName') ?? '';
    if (host === '') {
        complaints.add(`${place}: the machine has no hostName`, AS_LIST);
        return undefined;
    }
    if (host.includes('://')) {
        complaints.add(`${where('hostName')}: ${shownUri(host)} is a URI`, 'Write its parts into protocol, sshUser, hostName and port.');
        return undefined;
    }
    const port = texts.get('port');
    const checkedPort = port && complaints.attempt(() => parsePort(port, where('port')));
    const user = texts.get('sshUser');
    const withUser = `${protocol}://${user === undefined ? '' : `${user}@`}${host}`;
    if (checkedPort === undefined || checkedPort === '')
        return withUser;
    return `${withUser}${host.includes('?') ? '&' : '?'}port=${checkedPort}`;
}

;// CONCATENATED MODULE: ./domain/builders.js




/**
 * Parses the `builders` input: lines in Nix's machines format, or a YAML list (see {@link isYaml}).
 * @throws ActionError `machines-invalid` with everything that is wrong, by line and field
 */
function parseBuilders(text, context) {
    const complaints = new Complaints('machines-invalid', 'builders');
    const machines = isNixExpression(text)
        ? refuseNixExpression(complaints)
        : isYaml(text)
            ? readMachinesYaml(text, context.defaultSystems, complaints)
            : readMachineLines(text, context, complaints);
    const once = withoutRepetitions(machines, complaints);
    complaints.finish();
    return once;
}
/**
 * Whether it is YAML and not machines lines. Only the first line that holds anything but a comment decides, by what cannot begin a machine:
 * a hyphen and a blank (the field that says where the machine is has no default), a bracket or brace of JSON (`[::1]` is a host), a document's
 * mark, or a name with a colon and a blank after it.
 */
function isYaml(text) {
    const first = text.split('\n').find((line) => /^\s*[^#\s]/.test(line)) ?? '';
    return /^\s*(?:-(?:\s|$)|---|%YAML|\{|\[\s*(?:[{\]"'&*]|$)|["']?\w+["']?\s*:(?:\s|$))/.test(first);
}
/** `hostName = "…"` is Nix's own language, which neither format can contain outside comments. */
function isNixExpression(text) {
    return /^[^#\n]*\b(?:hostName|buildMachines)\s*=(?!=)/m.test(text);
}
function refuseNixExpression(complaints) {
    complaints.add('this is an expression in the Nix language', 'Print it as JSON and paste that: `nix eval --json .#nixosConfigurations.NAME.config.nix.buildMachines`');
    return [];
}
/** A machine that is named twice counts once; with other settings it would be two that share one name in every message. */
function withoutRepetitions(machines, complaints) {
    const byName = new Map();
    for (const located of machines) {
        const name = machineName(located.machine);
        const earlier = byName.get(name);
        if (earlier === undefined)
            byName.set(name, located);
        else if (!sameMachine(earlier.machine, located.machine)) {
            complaints.add(`${located.where}: ${name} has other settings than at ${earlier.where}`, 'Name each machine once, with all of its systems and features.');
        }
    }
    return [...byName.values()].map(({ machine }) => machine);
}


/***/ })

};
