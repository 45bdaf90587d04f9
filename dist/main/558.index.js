export const id = 558;
export const ids = [558];
export const modules = {

/***/ 558:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  isYaml: () => (/* binding */ isYaml),
  parseBuilders: () => (/* binding */ parseBuilders)
});

// EXTERNAL MODULE: ./domain/complaints.js
var domain_complaints = __webpack_require__(8454);
// EXTERNAL MODULE: ./domain/machine.js
var machine = __webpack_require__(8723);
// EXTERNAL MODULE: ./domain/errors.js
var errors = __webpack_require__(2443);
// EXTERNAL MODULE: ./domain/ssh-uri.js
var ssh_uri = __webpack_require__(6327);
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
    if (!ssh_uri/* PROTOCOLS */.yv.some((protocol) => protocol === scheme)) {
        complaints.add(`${where}: ${(0,ssh_uri/* shownUri */.sb)(entry.uri)} is no machine that builds for others`, 'A machine is reached by ssh-ng:// or ssh://: ssh-ng://user@builder.example.org');
        return undefined;
    }
    return complaints.attempt(() => {
        const { parameters, ...endpoint } = (0,ssh_uri/* parseSshUri */.am)(entry.uri, where);
        refuseUnheard(parameters, where, complaints);
        const hostKey = parameters.get('base64-ssh-public-host-key');
        return {
            ...endpoint,
            sshKey: parameters.get('ssh-key'),
            publicHostKey: hostKey === undefined ? undefined : complaints.attempt(() => (0,machine/* normalHostKey */.dD)(hostKey), where),
            compress: (0,ssh_uri/* parseBoolean */.yG)('compress', parameters.get('compress'), where),
            remoteProgram: (0,ssh_uri/* words */.aL)(parameters.get('remote-program'), /\s+/),
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
    const read = systems?.map((text) => complaints.attempt(() => (0,machine/* parseMachineSystem */.Om)(text), where('systems')));
    return read && (0,machine/* unique */.Am)(read.filter((system) => system !== undefined));
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
        return machine/* DEFAULT_MAX_JOBS */.io;
    const value = /^\d+$/.test(maxJobs) ? Number(maxJobs) : 0;
    if (value > 0 && value <= MOST_JOBS)
        return value;
    complaints.add(`${where('maxJobs')}: ${JSON.stringify(maxJobs)} is no number of jobs`, `Allowed: a whole number, 1 to ${MOST_JOBS}. Leave out a machine that is to build nothing.`);
    return machine/* DEFAULT_MAX_JOBS */.io;
}
/** 0 is 1, as in Nix. */
function readSpeedFactor({ speedFactor, where }, complaints) {
    if (speedFactor === undefined)
        return machine/* DEFAULT_SPEED_FACTOR */.I7;
    const value = DECIMAL.test(speedFactor) ? Number(speedFactor) : Infinity;
    // Nix reads a float of 32 bits.
    if (Number.isFinite(Math.fround(value)))
        return value === 0 ? machine/* DEFAULT_SPEED_FACTOR */.I7 : value;
    complaints.add(`${where('speedFactor')}: ${JSON.stringify(speedFactor)} is no speed factor`, 'Allowed: a positive number such as 1, 2 or 1.5.');
    return machine/* DEFAULT_SPEED_FACTOR */.I7;
}
function readFeatures(entry, field, complaints) {
    const features = entry[field] ?? [];
    for (const feature of features) {
        if (/^[^\s,;#]+$/.test(feature) && feature !== '-')
            continue;
        complaints.add(`${entry.where(field)}: ${JSON.stringify(feature)} is no system feature`, 'A feature is one word, such as kvm or big-parallel, without , ; or #.');
    }
    return (0,machine/* unique */.Am)(features);
}
function readHostKey({ publicHostKey, where }, complaints) {
    if (publicHostKey === undefined)
        return undefined;
    return complaints.attempt(() => (0,machine/* normalHostKey */.dD)(publicHostKey), where('publicHostKey'));
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
    complaints.add(`${place}: ${(0,ssh_uri/* shownUri */.sb)(rest[0] ?? '')} is a second machine`, SEPARATE);
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
    complaints.add(`${where}: ${tokens.length} fields, beginning with ${(0,ssh_uri/* shownUri */.sb)(tokens[0] ?? '')}; there are ${FIELDS.length}`, `${SEPARATE} A blank within a URI is written %20.`);
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
// EXTERNAL MODULE: ./domain/suggestions.js
var suggestions = __webpack_require__(4123);
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
    const similar = (0,suggestions/* similarNames */.q)(name, machine_fields_yaml_FIELDS);
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
    if (!ssh_uri/* PROTOCOLS */.yv.some((known) => known === protocol)) {
        complaints.add(`${where('protocol')}: ${JSON.stringify(protocol)} is no protocol that builds`, `Allowed: ${ssh_uri/* PROTOCOLS */.yv.join(', ')}.`);
        return undefined;
    }
    const host = texts.get('hostName') ?? '';
    if (host === '') {
        complaints.add(`${place}: the machine has no hostName`, AS_LIST);
        return undefined;
    }
    if (host.includes('://')) {
        complaints.add(`${where('hostName')}: ${(0,ssh_uri/* shownUri */.sb)(host)} is a URI`, 'Write its parts into protocol, sshUser, hostName and port.');
        return undefined;
    }
    const port = texts.get('port');
    const checkedPort = port && complaints.attempt(() => (0,ssh_uri/* parsePort */.pz)(port, where('port')));
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
    const complaints = new domain_complaints/* Complaints */.V('machines-invalid', 'builders');
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
        const name = (0,machine/* machineName */.Fm)(located.machine);
        const earlier = byName.get(name);
        if (earlier === undefined)
            byName.set(name, located);
        else if (!(0,machine/* sameMachine */.sb)(earlier.machine, located.machine)) {
            complaints.add(`${located.where}: ${name} has other settings than at ${earlier.where}`, 'Name each machine once, with all of its systems and features.');
        }
    }
    return [...byName.values()].map(({ machine }) => machine);
}


/***/ })

};
