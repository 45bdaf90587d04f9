import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 5180:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const pico = __nccwpck_require__(1062);
const utils = __nccwpck_require__(2561);

function picomatch(glob, options, returnState = false) {
  // default to os.platform()
  if (options && (options.windows === null || options.windows === undefined)) {
    // don't mutate the original options object
    options = { ...options, windows: utils.isWindows() };
  }

  return pico(glob, options, returnState);
}

Object.assign(picomatch, pico);
module.exports = picomatch;


/***/ }),

/***/ 4157:
/***/ ((module) => {



const WIN_SLASH = '\\\\/';
const WIN_NO_SLASH = `[^${WIN_SLASH}]`;

const DEFAULT_MAX_EXTGLOB_RECURSION = 0;

/**
 * Posix glob regex
 */

const DOT_LITERAL = '\\.';
const PLUS_LITERAL = '\\+';
const QMARK_LITERAL = '\\?';
const SLASH_LITERAL = '\\/';
const ONE_CHAR = '(?=.)';
const QMARK = '[^/]';
const END_ANCHOR = `(?:${SLASH_LITERAL}|$)`;
const START_ANCHOR = `(?:^|${SLASH_LITERAL})`;
const DOTS_SLASH = `${DOT_LITERAL}{1,2}${END_ANCHOR}`;
const NO_DOT = `(?!${DOT_LITERAL})`;
const NO_DOTS = `(?!${START_ANCHOR}${DOTS_SLASH})`;
const NO_DOT_SLASH = `(?!${DOT_LITERAL}{0,1}${END_ANCHOR})`;
const NO_DOTS_SLASH = `(?!${DOTS_SLASH})`;
const QMARK_NO_DOT = `[^.${SLASH_LITERAL}]`;
const STAR = `${QMARK}*?`;
const SEP = '/';

const POSIX_CHARS = {
  DOT_LITERAL,
  PLUS_LITERAL,
  QMARK_LITERAL,
  SLASH_LITERAL,
  ONE_CHAR,
  QMARK,
  END_ANCHOR,
  DOTS_SLASH,
  NO_DOT,
  NO_DOTS,
  NO_DOT_SLASH,
  NO_DOTS_SLASH,
  QMARK_NO_DOT,
  STAR,
  START_ANCHOR,
  SEP
};

/**
 * Windows glob regex
 */

const WINDOWS_CHARS = {
  ...POSIX_CHARS,

  SLASH_LITERAL: `[${WIN_SLASH}]`,
  QMARK: WIN_NO_SLASH,
  STAR: `${WIN_NO_SLASH}*?`,
  DOTS_SLASH: `${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$)`,
  NO_DOT: `(?!${DOT_LITERAL})`,
  NO_DOTS: `(?!(?:^|[${WIN_SLASH}])${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
  NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}(?:[${WIN_SLASH}]|$))`,
  NO_DOTS_SLASH: `(?!${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
  QMARK_NO_DOT: `[^.${WIN_SLASH}]`,
  START_ANCHOR: `(?:^|[${WIN_SLASH}])`,
  END_ANCHOR: `(?:[${WIN_SLASH}]|$)`,
  SEP: '\\'
};

/**
 * POSIX Bracket Regex
 */

const POSIX_REGEX_SOURCE = {
  __proto__: null,
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  ascii: '\\x00-\\x7F',
  blank: ' \\t',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '\\x21-\\x7E',
  lower: 'a-z',
  print: '\\x20-\\x7E ',
  punct: '\\-!"#$%&\'()\\*+,./:;<=>?@[\\]^_`{|}~',
  space: ' \\t\\r\\n\\v\\f',
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: 'A-Fa-f0-9'
};

module.exports = {
  DEFAULT_MAX_EXTGLOB_RECURSION,
  MAX_LENGTH: 1024 * 64,
  POSIX_REGEX_SOURCE,

  // regular expressions
  REGEX_BACKSLASH: /\\(?![*+?^${}(|)[\]])/g,
  REGEX_NON_SPECIAL_CHARS: /^[^@![\].,$*+?^{}()|\\/]+/,
  REGEX_SPECIAL_CHARS: /[-*+?.^${}(|)[\]]/,
  REGEX_SPECIAL_CHARS_BACKREF: /(\\?)((\W)(\3*))/g,
  REGEX_SPECIAL_CHARS_GLOBAL: /([-*+?.^${}(|)[\]])/g,
  REGEX_REMOVE_BACKSLASH: /(?:\[.*?[^\\]\]|\\(?=.))/g,

  // Replace globs with equivalent patterns to reduce parsing time.
  REPLACEMENTS: {
    __proto__: null,
    '***': '*',
    '**/**': '**',
    '**/**/**': '**'
  },

  // Digits
  CHAR_0: 48, /* 0 */
  CHAR_9: 57, /* 9 */

  // Alphabet chars.
  CHAR_UPPERCASE_A: 65, /* A */
  CHAR_LOWERCASE_A: 97, /* a */
  CHAR_UPPERCASE_Z: 90, /* Z */
  CHAR_LOWERCASE_Z: 122, /* z */

  CHAR_LEFT_PARENTHESES: 40, /* ( */
  CHAR_RIGHT_PARENTHESES: 41, /* ) */

  CHAR_ASTERISK: 42, /* * */

  // Non-alphabetic chars.
  CHAR_AMPERSAND: 38, /* & */
  CHAR_AT: 64, /* @ */
  CHAR_BACKWARD_SLASH: 92, /* \ */
  CHAR_CARRIAGE_RETURN: 13, /* \r */
  CHAR_CIRCUMFLEX_ACCENT: 94, /* ^ */
  CHAR_COLON: 58, /* : */
  CHAR_COMMA: 44, /* , */
  CHAR_DOT: 46, /* . */
  CHAR_DOUBLE_QUOTE: 34, /* " */
  CHAR_EQUAL: 61, /* = */
  CHAR_EXCLAMATION_MARK: 33, /* ! */
  CHAR_FORM_FEED: 12, /* \f */
  CHAR_FORWARD_SLASH: 47, /* / */
  CHAR_GRAVE_ACCENT: 96, /* ` */
  CHAR_HASH: 35, /* # */
  CHAR_HYPHEN_MINUS: 45, /* - */
  CHAR_LEFT_ANGLE_BRACKET: 60, /* < */
  CHAR_LEFT_CURLY_BRACE: 123, /* { */
  CHAR_LEFT_SQUARE_BRACKET: 91, /* [ */
  CHAR_LINE_FEED: 10, /* \n */
  CHAR_NO_BREAK_SPACE: 160, /* \u00A0 */
  CHAR_PERCENT: 37, /* % */
  CHAR_PLUS: 43, /* + */
  CHAR_QUESTION_MARK: 63, /* ? */
  CHAR_RIGHT_ANGLE_BRACKET: 62, /* > */
  CHAR_RIGHT_CURLY_BRACE: 125, /* } */
  CHAR_RIGHT_SQUARE_BRACKET: 93, /* ] */
  CHAR_SEMICOLON: 59, /* ; */
  CHAR_SINGLE_QUOTE: 39, /* ' */
  CHAR_SPACE: 32, /*   */
  CHAR_TAB: 9, /* \t */
  CHAR_UNDERSCORE: 95, /* _ */
  CHAR_VERTICAL_LINE: 124, /* | */
  CHAR_ZERO_WIDTH_NOBREAK_SPACE: 65279, /* \uFEFF */

  /**
   * Create EXTGLOB_CHARS
   */

  extglobChars(chars) {
    return {
      '!': { type: 'negate', open: '(?:(?!(?:', close: `))${chars.STAR})` },
      '?': { type: 'qmark', open: '(?:', close: ')?' },
      '+': { type: 'plus', open: '(?:', close: ')+' },
      '*': { type: 'star', open: '(?:', close: ')*' },
      '@': { type: 'at', open: '(?:', close: ')' }
    };
  },

  /**
   * Create GLOB_CHARS
   */

  globChars(win32) {
    return win32 === true ? WINDOWS_CHARS : POSIX_CHARS;
  }
};


/***/ }),

/***/ 8731:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const constants = __nccwpck_require__(4157);
const utils = __nccwpck_require__(2561);

/**
 * Constants
 */

const {
  MAX_LENGTH,
  POSIX_REGEX_SOURCE,
  REGEX_NON_SPECIAL_CHARS,
  REGEX_SPECIAL_CHARS_BACKREF,
  REPLACEMENTS
} = constants;

/**
 * Helpers
 */

const expandRange = (args, options) => {
  if (typeof options.expandRange === 'function') {
    return options.expandRange(...args, options);
  }

  args.sort();
  const value = `[${args.join('-')}]`;

  try {
    /* eslint-disable-next-line no-new */
    new RegExp(value);
  } catch (ex) {
    return args.map(v => utils.escapeRegex(v)).join('..');
  }

  return value;
};

/**
 * Create the message for a syntax error
 */

const syntaxError = (type, char) => {
  return `Missing ${type}: "${char}" - use "\\\\${char}" to match literal characters`;
};

const splitTopLevel = input => {
  const parts = [];
  let bracket = 0;
  let paren = 0;
  let quote = 0;
  let value = '';
  let escaped = false;

  for (const ch of input) {
    if (escaped === true) {
      value += ch;
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      value += ch;
      escaped = true;
      continue;
    }

    if (ch === '"') {
      quote = quote === 1 ? 0 : 1;
      value += ch;
      continue;
    }

    if (quote === 0) {
      if (ch === '[') {
        bracket++;
      } else if (ch === ']' && bracket > 0) {
        bracket--;
      } else if (bracket === 0) {
        if (ch === '(') {
          paren++;
        } else if (ch === ')' && paren > 0) {
          paren--;
        } else if (ch === '|' && paren === 0) {
          parts.push(value);
          value = '';
          continue;
        }
      }
    }

    value += ch;
  }

  parts.push(value);
  return parts;
};

const isPlainBranch = branch => {
  let escaped = false;

  for (const ch of branch) {
    if (escaped === true) {
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      escaped = true;
      continue;
    }

    if (/[?*+@!()[\]{}]/.test(ch)) {
      return false;
    }
  }

  return true;
};

const normalizeSimpleBranch = branch => {
  let value = branch.trim();
  let changed = true;

  while (changed === true) {
    changed = false;

    if (/^@\([^\\()[\]{}|]+\)$/.test(value)) {
      value = value.slice(2, -1);
      changed = true;
    }
  }

  if (!isPlainBranch(value)) {
    return;
  }

  return value.replace(/\\(.)/g, '$1');
};

const hasRepeatedCharPrefixOverlap = branches => {
  const values = branches.map(normalizeSimpleBranch).filter(Boolean);

  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const a = values[i];
      const b = values[j];
      const char = a[0];

      if (!char || a !== char.repeat(a.length) || b !== char.repeat(b.length)) {
        continue;
      }

      if (a === b || a.startsWith(b) || b.startsWith(a)) {
        return true;
      }
    }
  }

  return false;
};

const parseRepeatedExtglob = (pattern, requireEnd = true) => {
  if ((pattern[0] !== '+' && pattern[0] !== '*') || pattern[1] !== '(') {
    return;
  }

  let bracket = 0;
  let paren = 0;
  let quote = 0;
  let escaped = false;

  for (let i = 1; i < pattern.length; i++) {
    const ch = pattern[i];

    if (escaped === true) {
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      escaped = true;
      continue;
    }

    if (ch === '"') {
      quote = quote === 1 ? 0 : 1;
      continue;
    }

    if (quote === 1) {
      continue;
    }

    if (ch === '[') {
      bracket++;
      continue;
    }

    if (ch === ']' && bracket > 0) {
      bracket--;
      continue;
    }

    if (bracket > 0) {
      continue;
    }

    if (ch === '(') {
      paren++;
      continue;
    }

    if (ch === ')') {
      paren--;

      if (paren === 0) {
        if (requireEnd === true && i !== pattern.length - 1) {
          return;
        }

        return {
          type: pattern[0],
          body: pattern.slice(2, i),
          end: i
        };
      }
    }
  }
};

const buildCharClassStar = chars => {
  const source = chars.length === 1
    ? utils.escapeRegex(chars[0])
    : `[${chars.map(ch => utils.escapeRegex(ch)).join('')}]`;

  return `${source}*`;
};

const getStarExtglobSequenceChars = pattern => {
  let index = 0;
  const chars = [];

  while (index < pattern.length) {
    const match = parseRepeatedExtglob(pattern.slice(index), false);

    if (!match || match.type !== '*') {
      return;
    }

    const branches = splitTopLevel(match.body).map(branch => branch.trim());
    if (branches.length !== 1) {
      return;
    }

    const branch = normalizeSimpleBranch(branches[0]);
    if (!branch || branch.length !== 1) {
      return;
    }

    chars.push(branch);
    index += match.end + 1;
  }

  if (chars.length < 1) {
    return;
  }

  return chars;
};

const repeatedExtglobRecursion = pattern => {
  let depth = 0;
  let value = pattern.trim();
  let match = parseRepeatedExtglob(value);

  while (match) {
    depth++;
    value = match.body.trim();
    match = parseRepeatedExtglob(value);
  }

  return depth;
};

const analyzeRepeatedExtglob = (body, options) => {
  if (options.maxExtglobRecursion === false) {
    return { risky: false };
  }

  const max =
    typeof options.maxExtglobRecursion === 'number'
      ? options.maxExtglobRecursion
      : constants.DEFAULT_MAX_EXTGLOB_RECURSION;

  const branches = splitTopLevel(body).map(branch => branch.trim());

  if (branches.length > 1) {
    if (
      branches.some(branch => branch === '') ||
      branches.some(branch => /^[*?]+$/.test(branch)) ||
      hasRepeatedCharPrefixOverlap(branches)
    ) {
      return { risky: true };
    }
  }

  // A repeated extglob is "risky" (prone to catastrophic backtracking) when a
  // branch is itself a `*(...)` sequence, since that nests an unbounded quantifier
  // inside the outer `+(...)`/`*(...)`. When *every* branch reduces to single
  // characters we can emit one flat, ReDoS-safe character class that preserves the
  // meaning of ALL branches (e.g. `+(*(a)|*(b))` -> `[ab]*`), rather than dropping
  // every branch but the first.
  const safeChars = [];
  let sawStarSequence = false;
  let combinable = true;

  for (const branch of branches) {
    const chars = getStarExtglobSequenceChars(branch);
    if (chars) {
      sawStarSequence = true;
      safeChars.push(...chars);
      continue;
    }

    const literal = normalizeSimpleBranch(branch);
    if (literal && literal.length === 1) {
      safeChars.push(literal);
      continue;
    }

    combinable = false;

    if (repeatedExtglobRecursion(branch) > max) {
      return { risky: true };
    }
  }

  if (sawStarSequence) {
    return combinable
      ? { risky: true, safeOutput: buildCharClassStar([...new Set(safeChars)]) }
      : { risky: true };
  }

  return { risky: false };
};

/**
 * Parse the given input string.
 * @param {String} input
 * @param {Object} options
 * @return {Object}
 */

const parse = (input, options) => {
  if (typeof input !== 'string') {
    throw new TypeError('Expected a string');
  }

  input = REPLACEMENTS[input] || input;

  const opts = { ...options };
  const max = typeof opts.maxLength === 'number' ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;

  let len = input.length;
  if (len > max) {
    throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
  }

  const bos = { type: 'bos', value: '', output: opts.prepend || '' };
  const tokens = [bos];

  const capture = opts.capture ? '' : '?:';

  // create constants based on platform, for windows or posix
  const PLATFORM_CHARS = constants.globChars(opts.windows);
  const EXTGLOB_CHARS = constants.extglobChars(PLATFORM_CHARS);

  const {
    DOT_LITERAL,
    PLUS_LITERAL,
    SLASH_LITERAL,
    ONE_CHAR,
    DOTS_SLASH,
    NO_DOT,
    NO_DOT_SLASH,
    NO_DOTS_SLASH,
    QMARK,
    QMARK_NO_DOT,
    STAR,
    START_ANCHOR
  } = PLATFORM_CHARS;

  const globstar = opts => {
    return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
  };

  const nodot = opts.dot ? '' : NO_DOT;
  const qmarkNoDot = opts.dot ? QMARK : QMARK_NO_DOT;
  let star = opts.bash === true ? globstar(opts) : STAR;

  if (opts.capture) {
    star = `(${star})`;
  }

  // minimatch options support
  if (typeof opts.noext === 'boolean') {
    opts.noextglob = opts.noext;
  }

  const state = {
    input,
    index: -1,
    start: 0,
    dot: opts.dot === true,
    consumed: '',
    output: '',
    prefix: '',
    backtrack: false,
    negated: false,
    brackets: 0,
    braces: 0,
    parens: 0,
    quotes: 0,
    globstar: false,
    tokens
  };

  input = utils.removePrefix(input, state);
  len = input.length;

  const extglobs = [];
  const braces = [];
  const stack = [];
  let prev = bos;
  let value;

  /**
   * Tokenizing helpers
   */

  const eos = () => state.index === len - 1;
  const peek = state.peek = (n = 1) => input[state.index + n];
  const advance = state.advance = () => input[++state.index] || '';
  const remaining = () => input.slice(state.index + 1);
  const consume = (value = '', num = 0) => {
    state.consumed += value;
    state.index += num;
  };

  const append = token => {
    state.output += token.output != null ? token.output : token.value;
    consume(token.value);
  };

  const negate = () => {
    let count = 1;

    while (peek() === '!' && (peek(2) !== '(' || peek(3) === '?')) {
      advance();
      state.start++;
      count++;
    }

    if (count % 2 === 0) {
      return false;
    }

    state.negated = true;
    state.start++;
    return true;
  };

  const increment = type => {
    state[type]++;
    stack.push(type);
  };

  const decrement = type => {
    state[type]--;
    stack.pop();
  };

  /**
   * Push tokens onto the tokens array. This helper speeds up
   * tokenizing by 1) helping us avoid backtracking as much as possible,
   * and 2) helping us avoid creating extra tokens when consecutive
   * characters are plain text. This improves performance and simplifies
   * lookbehinds.
   */

  const push = tok => {
    if (prev.type === 'globstar') {
      const isBrace = state.braces > 0 && (tok.type === 'comma' || tok.type === 'brace');
      const isExtglob = tok.extglob === true || (extglobs.length && (tok.type === 'pipe' || tok.type === 'paren'));

      if (tok.type !== 'slash' && tok.type !== 'paren' && !isBrace && !isExtglob) {
        state.output = state.output.slice(0, -prev.output.length);
        prev.type = 'star';
        prev.value = '*';
        prev.output = star;
        state.output += prev.output;
      }
    }

    if (extglobs.length && tok.type !== 'paren') {
      extglobs[extglobs.length - 1].inner += tok.value;
    }

    if (tok.value || tok.output) append(tok);
    if (prev && prev.type === 'text' && tok.type === 'text') {
      prev.output = (prev.output || prev.value) + tok.value;
      prev.value += tok.value;
      return;
    }

    tok.prev = prev;
    tokens.push(tok);
    prev = tok;
  };

  const extglobOpen = (type, value) => {
    const token = { ...EXTGLOB_CHARS[value], conditions: 1, inner: '' };

    token.prev = prev;
    token.parens = state.parens;
    token.output = state.output;
    token.startIndex = state.index;
    token.tokensIndex = tokens.length;
    const output = (opts.capture ? '(' : '') + token.open;

    increment('parens');
    push({ type, value, output: state.output ? '' : ONE_CHAR });
    push({ type: 'paren', extglob: true, value: advance(), output });
    extglobs.push(token);
  };

  const extglobClose = token => {
    const literal = input.slice(token.startIndex, state.index + 1);
    const body = input.slice(token.startIndex + 2, state.index);
    const analysis = analyzeRepeatedExtglob(body, opts);

    if ((token.type === 'plus' || token.type === 'star') && analysis.risky) {
      const safeOutput = analysis.safeOutput
        ? (token.output ? '' : ONE_CHAR) + (opts.capture ? `(${analysis.safeOutput})` : analysis.safeOutput)
        : undefined;
      const open = tokens[token.tokensIndex];

      open.type = 'text';
      open.value = literal;
      open.output = safeOutput || utils.escapeRegex(literal);

      for (let i = token.tokensIndex + 1; i < tokens.length; i++) {
        tokens[i].value = '';
        tokens[i].output = '';
        delete tokens[i].suffix;
      }

      state.output = token.output + open.output;
      state.backtrack = true;

      push({ type: 'paren', extglob: true, value, output: '' });
      decrement('parens');
      return;
    }

    let output = token.close + (opts.capture ? ')' : '');
    let rest;

    if (token.type === 'negate') {
      let extglobStar = star;

      if (token.inner && token.inner.length > 1 && token.inner.includes('/')) {
        extglobStar = globstar(opts);
      }

      if (extglobStar !== star || eos() || /^\)+$/.test(remaining())) {
        output = token.close = `)$))${extglobStar}`;
      }

      if (token.inner.includes('*') && (rest = remaining()) && /^\.[^\\/.]+$/.test(rest)) {
        // Any non-magical string (`.ts`) or even nested expression (`.{ts,tsx}`) can follow after the closing parenthesis.
        // In this case, we need to parse the string and use it in the output of the original pattern.
        // Suitable patterns: `/!(*.d).ts`, `/!(*.d).{ts,tsx}`, `**/!(*-dbg).@(js)`.
        //
        // Disabling the `fastpaths` option due to a problem with parsing strings as `.ts` in the pattern like `**/!(*.d).ts`.
        const expression = parse(rest, { ...options, fastpaths: false }).output;

        output = token.close = `)${expression})${extglobStar})`;
      }

      if (token.prev.type === 'bos') {
        state.negatedExtglob = true;
      }
    }

    push({ type: 'paren', extglob: true, value, output });
    decrement('parens');
  };

  /**
   * Fast paths
   */

  if (opts.fastpaths !== false && !/(^[*!]|[/()[\]{}"])/.test(input)) {
    let backslashes = false;

    let output = input.replace(REGEX_SPECIAL_CHARS_BACKREF, (m, esc, chars, first, rest, index) => {
      if (first === '\\') {
        backslashes = true;
        return m;
      }

      if (first === '?') {
        if (esc) {
          return esc + first + (rest ? QMARK.repeat(rest.length) : '');
        }
        if (index === 0) {
          return qmarkNoDot + (rest ? QMARK.repeat(rest.length) : '');
        }
        return QMARK.repeat(chars.length);
      }

      if (first === '.') {
        return DOT_LITERAL.repeat(chars.length);
      }

      if (first === '*') {
        if (esc) {
          return esc + first + (rest ? star : '');
        }
        return star;
      }
      return esc ? m : `\\${m}`;
    });

    if (backslashes === true) {
      if (opts.unescape === true) {
        output = output.replace(/\\/g, '');
      } else {
        output = output.replace(/\\+/g, m => {
          return m.length % 2 === 0 ? '\\\\' : (m ? '\\' : '');
        });
      }
    }

    if (output === input && opts.contains === true) {
      state.output = input;
      return state;
    }

    state.output = utils.wrapOutput(output, state, options);
    return state;
  }

  /**
   * Tokenize input until we reach end-of-string
   */

  while (!eos()) {
    value = advance();

    if (value === '\u0000') {
      continue;
    }

    /**
     * Escaped characters
     */

    if (value === '\\') {
      const next = peek();

      if (next === '/' && opts.bash !== true) {
        continue;
      }

      if (next === '.' || next === ';') {
        continue;
      }

      if (!next) {
        value += '\\';
        push({ type: 'text', value });
        continue;
      }

      // collapse slashes to reduce potential for exploits
      const match = /^\\+/.exec(remaining());
      let slashes = 0;

      if (match && match[0].length > 2) {
        slashes = match[0].length;
        state.index += slashes;
        if (slashes % 2 !== 0) {
          value += '\\';
        }
      }

      if (opts.unescape === true) {
        value = advance();
      } else {
        value += advance();
      }

      if (state.brackets === 0) {
        push({ type: 'text', value });
        continue;
      }
    }

    /**
     * If we're inside a regex character class, continue
     * until we reach the closing bracket.
     */

    if (state.brackets > 0 && (value !== ']' || prev.value === '[' || prev.value === '[^')) {
      if (opts.posix !== false && value === ':') {
        const inner = prev.value.slice(1);
        if (inner.includes('[')) {
          prev.posix = true;

          if (inner.includes(':')) {
            const idx = prev.value.lastIndexOf('[');
            const pre = prev.value.slice(0, idx);
            const rest = prev.value.slice(idx + 2);
            const posix = POSIX_REGEX_SOURCE[rest];
            if (posix) {
              prev.value = pre + posix;
              state.backtrack = true;
              advance();

              if (!bos.output && tokens.indexOf(prev) === 1) {
                bos.output = ONE_CHAR;
              }
              continue;
            }
          }
        }
      }

      if ((value === '[' && peek() !== ':') || (value === '-' && peek() === ']')) {
        value = `\\${value}`;
      }

      if (value === ']' && (prev.value === '[' || prev.value === '[^')) {
        value = `\\${value}`;
      }

      if (opts.posix === true && value === '!' && prev.value === '[') {
        value = '^';
      }

      prev.value += value;
      append({ value });
      continue;
    }

    /**
     * If we're inside a quoted string, continue
     * until we reach the closing double quote.
     */

    if (state.quotes === 1 && value !== '"') {
      value = utils.escapeRegex(value);
      prev.value += value;
      append({ value });
      continue;
    }

    /**
     * Double quotes
     */

    if (value === '"') {
      state.quotes = state.quotes === 1 ? 0 : 1;
      if (opts.keepQuotes === true) {
        push({ type: 'text', value });
      }
      continue;
    }

    /**
     * Parentheses
     */

    if (value === '(') {
      increment('parens');
      push({ type: 'paren', value });
      continue;
    }

    if (value === ')') {
      if (state.parens === 0 && opts.strictBrackets === true) {
        throw new SyntaxError(syntaxError('opening', '('));
      }

      const extglob = extglobs[extglobs.length - 1];
      if (extglob && state.parens === extglob.parens + 1) {
        extglobClose(extglobs.pop());
        continue;
      }

      push({ type: 'paren', value, output: state.parens ? ')' : '\\)' });
      decrement('parens');
      continue;
    }

    /**
     * Square brackets
     */

    if (value === '[') {
      if (opts.nobracket === true || !remaining().includes(']')) {
        if (opts.nobracket !== true && opts.strictBrackets === true) {
          throw new SyntaxError(syntaxError('closing', ']'));
        }

        value = `\\${value}`;
      } else {
        increment('brackets');
      }

      push({ type: 'bracket', value });
      continue;
    }

    if (value === ']') {
      if (opts.nobracket === true || (prev && prev.type === 'bracket' && prev.value.length === 1)) {
        push({ type: 'text', value, output: `\\${value}` });
        continue;
      }

      if (state.brackets === 0) {
        if (opts.strictBrackets === true) {
          throw new SyntaxError(syntaxError('opening', '['));
        }

        push({ type: 'text', value, output: `\\${value}` });
        continue;
      }

      decrement('brackets');

      const prevValue = prev.value.slice(1);
      if (prev.posix !== true && prevValue[0] === '^' && !prevValue.includes('/')) {
        value = `/${value}`;
      }

      prev.value += value;
      append({ value });

      // when literal brackets are explicitly disabled
      // assume we should match with a regex character class
      if (opts.literalBrackets === false || utils.hasRegexChars(prevValue)) {
        continue;
      }

      const escaped = utils.escapeRegex(prev.value);
      state.output = state.output.slice(0, -prev.value.length);

      // when literal brackets are explicitly enabled
      // assume we should escape the brackets to match literal characters
      if (opts.literalBrackets === true) {
        state.output += escaped;
        prev.value = escaped;
        continue;
      }

      // when the user specifies nothing, try to match both
      prev.value = `(${capture}${escaped}|${prev.value})`;
      state.output += prev.value;
      continue;
    }

    /**
     * Braces
     */

    if (value === '{' && opts.nobrace !== true) {
      increment('braces');

      const open = {
        type: 'brace',
        value,
        output: '(',
        outputIndex: state.output.length,
        tokensIndex: state.tokens.length
      };

      braces.push(open);
      push(open);
      continue;
    }

    if (value === '}') {
      const brace = braces[braces.length - 1];

      if (opts.nobrace === true || !brace) {
        push({ type: 'text', value, output: value });
        continue;
      }

      let output = ')';

      if (brace.dots === true) {
        const arr = tokens.slice();
        const range = [];

        for (let i = arr.length - 1; i >= 0; i--) {
          tokens.pop();
          if (arr[i].type === 'brace') {
            break;
          }
          if (arr[i].type !== 'dots') {
            range.unshift(arr[i].value);
          }
        }

        output = expandRange(range, opts);
        state.backtrack = true;
      }

      if (brace.comma !== true && brace.dots !== true) {
        const out = state.output.slice(0, brace.outputIndex);
        const toks = state.tokens.slice(brace.tokensIndex);
        brace.value = brace.output = '\\{';
        value = output = '\\}';
        state.output = out;
        for (const t of toks) {
          state.output += (t.output || t.value);
        }
      }

      push({ type: 'brace', value, output });
      decrement('braces');
      braces.pop();
      continue;
    }

    /**
     * Pipes
     */

    if (value === '|') {
      if (extglobs.length > 0) {
        extglobs[extglobs.length - 1].conditions++;
      }
      push({ type: 'text', value });
      continue;
    }

    /**
     * Commas
     */

    if (value === ',') {
      let output = value;

      const brace = braces[braces.length - 1];
      if (brace && stack[stack.length - 1] === 'braces') {
        brace.comma = true;
        output = '|';
      }

      push({ type: 'comma', value, output });
      continue;
    }

    /**
     * Slashes
     */

    if (value === '/') {
      // if the beginning of the glob is "./", advance the start
      // to the current index, and don't add the "./" characters
      // to the state. This greatly simplifies lookbehinds when
      // checking for BOS characters like "!" and "." (not "./")
      if (prev.type === 'dot' && state.index === state.start + 1) {
        state.start = state.index + 1;
        state.consumed = '';
        state.output = '';
        tokens.pop();
        prev = bos; // reset "prev" to the first token
        continue;
      }

      push({ type: 'slash', value, output: SLASH_LITERAL });
      continue;
    }

    /**
     * Dots
     */

    if (value === '.') {
      if (state.braces > 0 && prev.type === 'dot') {
        if (prev.value === '.') prev.output = DOT_LITERAL;
        const brace = braces[braces.length - 1];
        prev.type = 'dots';
        prev.output += value;
        prev.value += value;
        brace.dots = true;
        continue;
      }

      if ((state.braces + state.parens) === 0 && prev.type !== 'bos' && prev.type !== 'slash') {
        push({ type: 'text', value, output: DOT_LITERAL });
        continue;
      }

      push({ type: 'dot', value, output: DOT_LITERAL });
      continue;
    }

    /**
     * Question marks
     */

    if (value === '?') {
      const isGroup = prev && prev.value === '(';
      if (!isGroup && opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        extglobOpen('qmark', value);
        continue;
      }

      if (prev && prev.type === 'paren') {
        const next = peek();
        let output = value;

        if ((prev.value === '(' && !/[!=<:]/.test(next)) || (next === '<' && !/<([!=]|\w+>)/.test(remaining()))) {
          output = `\\${value}`;
        }

        push({ type: 'text', value, output });
        continue;
      }

      if (opts.dot !== true && (prev.type === 'slash' || prev.type === 'bos')) {
        push({ type: 'qmark', value, output: QMARK_NO_DOT });
        continue;
      }

      push({ type: 'qmark', value, output: QMARK });
      continue;
    }

    /**
     * Exclamation
     */

    if (value === '!') {
      if (opts.noextglob !== true && peek() === '(') {
        if (peek(2) !== '?' || !/[!=<:]/.test(peek(3))) {
          extglobOpen('negate', value);
          continue;
        }
      }

      if (opts.nonegate !== true && state.index === 0) {
        negate();
        continue;
      }
    }

    /**
     * Plus
     */

    if (value === '+') {
      if (opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        extglobOpen('plus', value);
        continue;
      }

      if ((prev && prev.value === '(') || opts.regex === false) {
        push({ type: 'plus', value, output: PLUS_LITERAL });
        continue;
      }

      if ((prev && (prev.type === 'bracket' || prev.type === 'paren' || prev.type === 'brace')) || state.parens > 0) {
        push({ type: 'plus', value });
        continue;
      }

      push({ type: 'plus', value: PLUS_LITERAL });
      continue;
    }

    /**
     * Plain text
     */

    if (value === '@') {
      if (opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        push({ type: 'at', extglob: true, value, output: '' });
        continue;
      }

      push({ type: 'text', value });
      continue;
    }

    /**
     * Plain text
     */

    if (value !== '*') {
      if (value === '$' || value === '^') {
        value = `\\${value}`;
      }

      const match = REGEX_NON_SPECIAL_CHARS.exec(remaining());
      if (match) {
        value += match[0];
        state.index += match[0].length;
      }

      push({ type: 'text', value });
      continue;
    }

    /**
     * Stars
     */

    if (prev && (prev.type === 'globstar' || prev.star === true)) {
      prev.type = 'star';
      prev.star = true;
      prev.value += value;
      prev.output = star;
      state.backtrack = true;
      state.globstar = true;
      consume(value);
      continue;
    }

    let rest = remaining();
    if (opts.noextglob !== true && /^\([^?]/.test(rest)) {
      extglobOpen('star', value);
      continue;
    }

    if (prev.type === 'star') {
      if (opts.noglobstar === true) {
        consume(value);
        continue;
      }

      const prior = prev.prev;
      const before = prior.prev;
      const isStart = prior.type === 'slash' || prior.type === 'bos';
      const afterStar = before && (before.type === 'star' || before.type === 'globstar');

      if (opts.bash === true && (!isStart || (rest[0] && rest[0] !== '/'))) {
        push({ type: 'star', value, output: '' });
        continue;
      }

      const isBrace = state.braces > 0 && (prior.type === 'comma' || prior.type === 'brace');
      const isExtglob = extglobs.length && (prior.type === 'pipe' || prior.type === 'paren');
      if (!isStart && prior.type !== 'paren' && !isBrace && !isExtglob) {
        push({ type: 'star', value, output: '' });
        continue;
      }

      // strip consecutive `/**/`
      while (rest.slice(0, 3) === '/**') {
        const after = input[state.index + 4];
        if (after && after !== '/') {
          break;
        }
        rest = rest.slice(3);
        consume('/**', 3);
      }

      // A globstar followed only by balanced closing parens is at the logical end of patterns like
      // `test(/utils/**)` and `test?(/utils/**)`. Treat it as EOS so the trailing `/**` can match its
      // parent path, except in negated extglobs where that would change the exclusion semantics.
      const isEnd = eos() || (
        state.parens > 0
        && rest === ')'.repeat(state.parens)
        && !extglobs.some(extglob => extglob.type === 'negate')
      );

      if (prior.type === 'bos' && eos()) {
        prev.type = 'globstar';
        prev.value += value;
        prev.output = globstar(opts);
        state.output = prev.output;
        state.globstar = true;
        consume(value);
        continue;
      }

      if (prior.type === 'slash' && prior.prev.type !== 'bos' && !afterStar && isEnd) {
        state.output = state.output.slice(0, -(prior.output + prev.output).length);
        prior.output = `(?:${prior.output}`;

        prev.type = 'globstar';
        prev.output = globstar(opts) + (opts.strictSlashes ? ')' : '|$)');
        prev.value += value;
        state.globstar = true;
        state.output += prior.output + prev.output;
        consume(value);
        continue;
      }

      if (prior.type === 'slash' && prior.prev.type !== 'bos' && rest[0] === '/') {
        const end = rest[1] !== void 0 ? '|$' : '';

        state.output = state.output.slice(0, -(prior.output + prev.output).length);
        prior.output = `(?:${prior.output}`;

        prev.type = 'globstar';
        prev.output = `${globstar(opts)}${SLASH_LITERAL}|${SLASH_LITERAL}${end})`;
        prev.value += value;

        state.output += prior.output + prev.output;
        state.globstar = true;

        consume(value + advance());

        push({ type: 'slash', value: '/', output: '' });
        continue;
      }

      if (prior.type === 'bos' && rest[0] === '/') {
        prev.type = 'globstar';
        prev.value += value;
        prev.output = `(?:^|${SLASH_LITERAL}|${globstar(opts)}${SLASH_LITERAL})`;
        state.output = prev.output;
        state.globstar = true;
        consume(value + advance());
        push({ type: 'slash', value: '/', output: '' });
        continue;
      }

      // remove single star from output
      state.output = state.output.slice(0, -prev.output.length);

      // reset previous token to globstar
      prev.type = 'globstar';
      prev.output = globstar(opts);
      prev.value += value;

      // reset output with globstar
      state.output += prev.output;
      state.globstar = true;
      consume(value);
      continue;
    }

    const token = { type: 'star', value, output: star };

    if (opts.bash === true) {
      token.output = '.*?';
      if (prev.type === 'bos' || prev.type === 'slash') {
        token.output = nodot + token.output;
      }
      push(token);
      continue;
    }

    if (prev && (prev.type === 'bracket' || prev.type === 'paren') && opts.regex === true) {
      token.output = value;
      push(token);
      continue;
    }

    if (state.index === state.start || prev.type === 'slash' || prev.type === 'dot') {
      if (prev.type === 'dot') {
        state.output += NO_DOT_SLASH;
        prev.output += NO_DOT_SLASH;

      } else if (opts.dot === true) {
        state.output += NO_DOTS_SLASH;
        prev.output += NO_DOTS_SLASH;

      } else {
        state.output += nodot;
        prev.output += nodot;
      }

      if (peek() !== '*') {
        state.output += ONE_CHAR;
        prev.output += ONE_CHAR;
      }
    }

    push(token);
  }

  while (state.brackets > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', ']'));
    state.output = utils.escapeLast(state.output, '[');
    decrement('brackets');
  }

  while (state.parens > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', ')'));
    state.output = utils.escapeLast(state.output, '(');
    decrement('parens');
  }

  while (state.braces > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', '}'));
    state.output = utils.escapeLast(state.output, '{');
    decrement('braces');
  }

  if (opts.strictSlashes !== true && (prev.type === 'star' || prev.type === 'bracket')) {
    push({ type: 'maybe_slash', value: '', output: `${SLASH_LITERAL}?` });
  }

  // rebuild the output if we had to backtrack at any point
  if (state.backtrack === true) {
    state.output = '';

    for (const token of state.tokens) {
      state.output += token.output != null ? token.output : token.value;

      if (token.suffix) {
        state.output += token.suffix;
      }
    }
  }

  return state;
};

/**
 * Fast paths for creating regular expressions for common glob patterns.
 * This can significantly speed up processing and has very little downside
 * impact when none of the fast paths match.
 */

parse.fastpaths = (input, options) => {
  const opts = { ...options };
  const max = typeof opts.maxLength === 'number' ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
  const len = input.length;
  if (len > max) {
    throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
  }

  input = REPLACEMENTS[input] || input;

  // create constants based on platform, for windows or posix
  const {
    DOT_LITERAL,
    SLASH_LITERAL,
    ONE_CHAR,
    DOTS_SLASH,
    NO_DOT,
    NO_DOTS,
    NO_DOTS_SLASH,
    STAR,
    START_ANCHOR
  } = constants.globChars(opts.windows);

  const nodot = opts.dot ? NO_DOTS : NO_DOT;
  const slashDot = opts.dot ? NO_DOTS_SLASH : NO_DOT;
  const capture = opts.capture ? '' : '?:';
  const state = { negated: false, prefix: '' };
  let star = opts.bash === true ? '.*?' : STAR;

  if (opts.capture) {
    star = `(${star})`;
  }

  const globstar = opts => {
    if (opts.noglobstar === true) return star;
    return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
  };

  const create = str => {
    switch (str) {
      case '*':
        return `${nodot}${ONE_CHAR}${star}`;

      case '.*':
        return `${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '*.*':
        return `${nodot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '*/*':
        return `${nodot}${star}${SLASH_LITERAL}${ONE_CHAR}${slashDot}${star}`;

      case '**':
        return nodot + globstar(opts);

      case '**/*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${ONE_CHAR}${star}`;

      case '**/*.*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '**/.*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${DOT_LITERAL}${ONE_CHAR}${star}`;

      default: {
        const match = /^(.*?)\.(\w+)$/.exec(str);
        if (!match) return;

        const source = create(match[1]);
        if (!source) return;

        return source + DOT_LITERAL + match[2];
      }
    }
  };

  const output = utils.removePrefix(input, state);
  let source = create(output);

  if (source && opts.strictSlashes !== true) {
    source += `${SLASH_LITERAL}?`;
  }

  return source;
};

module.exports = parse;


/***/ }),

/***/ 1062:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const scan = __nccwpck_require__(3495);
const parse = __nccwpck_require__(8731);
const utils = __nccwpck_require__(2561);
const constants = __nccwpck_require__(4157);
const isObject = val => val && typeof val === 'object' && !Array.isArray(val);

/**
 * Creates a matcher function from one or more glob patterns. The
 * returned function takes a string to match as its first argument,
 * and returns true if the string is a match. The returned matcher
 * function also takes a boolean as the second argument that, when true,
 * returns an object with additional information.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch(glob[, options]);
 *
 * const isMatch = picomatch('*.!(*a)');
 * console.log(isMatch('a.a')); //=> false
 * console.log(isMatch('a.b')); //=> true
 *
 * // For environments without `node.js`, `picomatch/posix` provides you a dependency-free matcher, without automatic OS detection.
 * const picomatch = require('picomatch/posix');
 * // the same API, defaulting to posix paths
 * const isMatch = picomatch('a/*');
 * console.log(isMatch('a\\b')); //=> false
 * console.log(isMatch('a/b')); //=> true
 *
 * // you can still configure the matcher function to accept windows paths
 * const isMatch = picomatch('a/*', { options: windows });
 * console.log(isMatch('a\\b')); //=> true
 * console.log(isMatch('a/b')); //=> true
 * ```
 * @name picomatch
 * @param {String|Array} `globs` One or more glob patterns.
 * @param {Object=} `options`
 * @return {Function=} Returns a matcher function.
 * @api public
 */

const picomatch = (glob, options, returnState = false) => {
  if (Array.isArray(glob)) {
    const fns = glob.map(input => picomatch(input, options, returnState));
    const arrayMatcher = str => {
      for (const isMatch of fns) {
        const state = isMatch(str);
        if (state) return state;
      }
      return false;
    };
    return arrayMatcher;
  }

  const isState = isObject(glob) && glob.tokens && glob.input;

  if (glob === '' || (typeof glob !== 'string' && !isState)) {
    throw new TypeError('Expected pattern to be a non-empty string');
  }

  const opts = options || {};
  const posix = opts.windows;
  const regex = isState
    ? picomatch.compileRe(glob, options)
    : picomatch.makeRe(glob, options, false, true);

  const state = regex.state;
  delete regex.state;

  let isIgnored = () => false;
  if (opts.ignore) {
    const ignoreOpts = { ...options, ignore: null, onMatch: null, onResult: null };
    isIgnored = picomatch(opts.ignore, ignoreOpts, returnState);
  }

  const matcher = (input, returnObject = false) => {
    const { isMatch, match, output } = picomatch.test(input, regex, options, { glob, posix });
    const result = { glob, state, regex, posix, input, output, match, isMatch };

    if (typeof opts.onResult === 'function') {
      opts.onResult(result);
    }

    if (isMatch === false) {
      result.isMatch = false;
      return returnObject ? result : false;
    }

    if (isIgnored(input)) {
      if (typeof opts.onIgnore === 'function') {
        opts.onIgnore(result);
      }
      result.isMatch = false;
      return returnObject ? result : false;
    }

    if (typeof opts.onMatch === 'function') {
      opts.onMatch(result);
    }
    return returnObject ? result : true;
  };

  if (returnState) {
    matcher.state = state;
  }

  return matcher;
};

/**
 * Test `input` with the given `regex`. This is used by the main
 * `picomatch()` function to test the input string.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.test(input, regex[, options]);
 *
 * console.log(picomatch.test('foo/bar', /^(?:([^/]*?)\/([^/]*?))$/));
 * // { isMatch: true, match: [ 'foo/', 'foo', 'bar' ], output: 'foo/bar' }
 * ```
 * @param {String} `input` String to test.
 * @param {RegExp} `regex`
 * @return {Object} Returns an object with matching info.
 * @api public
 */

picomatch.test = (input, regex, options, { glob, posix } = {}) => {
  if (typeof input !== 'string') {
    throw new TypeError('Expected input to be a string');
  }

  if (input === '') {
    return { isMatch: false, output: '' };
  }

  const opts = options || {};
  const format = opts.format || (posix ? utils.toPosixSlashes : null);
  let match = input === glob;
  let output = (match && format) ? format(input) : input;

  if (match === false) {
    output = format ? format(input) : input;
    match = output === glob;
  }

  if (match === false || opts.capture === true) {
    if (opts.matchBase === true || opts.basename === true) {
      match = picomatch.matchBase(input, regex, options, posix);
    } else {
      match = regex.exec(output);
    }
  }

  return { isMatch: Boolean(match), match, output };
};

/**
 * Match the basename of a filepath.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.matchBase(input, glob[, options]);
 * console.log(picomatch.matchBase('foo/bar.js', '*.js'); // true
 * ```
 * @param {String} `input` String to test.
 * @param {RegExp|String} `glob` Glob pattern or regex created by [.makeRe](#makeRe).
 * @return {Boolean}
 * @api public
 */

picomatch.matchBase = (input, glob, options, posix = options && options.windows) => {
  const regex = glob instanceof RegExp ? glob : picomatch.makeRe(glob, options);
  return regex.test(utils.basename(input, { windows: posix }));
};

/**
 * Returns true if **any** of the given glob `patterns` match the specified `string`.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.isMatch(string, patterns[, options]);
 *
 * console.log(picomatch.isMatch('a.a', ['b.*', '*.a'])); //=> true
 * console.log(picomatch.isMatch('a.a', 'b.*')); //=> false
 * ```
 * @param {String|Array} str The string to test.
 * @param {String|Array} patterns One or more glob patterns to use for matching.
 * @param {Object} [options] See available [options](#options).
 * @return {Boolean} Returns true if any patterns match `str`
 * @api public
 */

picomatch.isMatch = (str, patterns, options) => picomatch(patterns, options)(str);

/**
 * Parse a glob pattern to create the source string for a regular
 * expression.
 *
 * ```js
 * const picomatch = require('picomatch');
 * const result = picomatch.parse(pattern[, options]);
 * ```
 * @param {String} `pattern`
 * @param {Object} `options`
 * @return {Object} Returns an object with useful properties and output to be used as a regex source string.
 * @api public
 */

picomatch.parse = (pattern, options) => {
  if (Array.isArray(pattern)) return pattern.map(p => picomatch.parse(p, options));
  return parse(pattern, { ...options, fastpaths: false });
};

/**
 * Scan a glob pattern to separate the pattern into segments.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.scan(input[, options]);
 *
 * const result = picomatch.scan('!./foo/*.js');
 * console.log(result);
 * { prefix: '!./',
 *   input: '!./foo/*.js',
 *   start: 3,
 *   base: 'foo',
 *   glob: '*.js',
 *   isBrace: false,
 *   isBracket: false,
 *   isGlob: true,
 *   isExtglob: false,
 *   isGlobstar: false,
 *   negated: true }
 * ```
 * @param {String} `input` Glob pattern to scan.
 * @param {Object} `options`
 * @return {Object} Returns an object with
 * @api public
 */

picomatch.scan = (input, options) => scan(input, options);

/**
 * Compile a regular expression from the `state` object returned by the
 * [parse()](#parse) method.
 *
 * ```js
 * const picomatch = require('picomatch');
 * const state = picomatch.parse('*.js');
 * // picomatch.compileRe(state[, options]);
 *
 * console.log(picomatch.compileRe(state));
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {Object} `state`
 * @param {Object} `options`
 * @param {Boolean} `returnOutput` Intended for implementors, this argument allows you to return the raw output from the parser.
 * @param {Boolean} `returnState` Adds the state to a `state` property on the returned regex. Useful for implementors and debugging.
 * @return {RegExp}
 * @api public
 */

picomatch.compileRe = (state, options, returnOutput = false, returnState = false) => {
  if (returnOutput === true) {
    return state.output;
  }

  const opts = options || {};
  const prepend = opts.contains ? '' : '^';
  const append = opts.contains ? '' : '$';

  let source = `${prepend}(?:${state.output})${append}`;
  if (state && state.negated === true) {
    source = `^(?!${source}).*$`;
  }

  const regex = picomatch.toRegex(source, options);
  if (returnState === true) {
    regex.state = state;
  }

  return regex;
};

/**
 * Create a regular expression from a parsed glob pattern.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.makeRe(state[, options]);
 *
 * const result = picomatch.makeRe('*.js');
 * console.log(result);
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {String} `state` The object returned from the `.parse` method.
 * @param {Object} `options`
 * @param {Boolean} `returnOutput` Implementors may use this argument to return the compiled output, instead of a regular expression. This is not exposed on the options to prevent end-users from mutating the result.
 * @param {Boolean} `returnState` Implementors may use this argument to return the state from the parsed glob with the returned regular expression.
 * @return {RegExp} Returns a regex created from the given pattern.
 * @api public
 */

picomatch.makeRe = (input, options = {}, returnOutput = false, returnState = false) => {
  if (!input || typeof input !== 'string') {
    throw new TypeError('Expected a non-empty string');
  }

  let parsed = { negated: false, fastpaths: true };

  if (options.fastpaths !== false && (input[0] === '.' || input[0] === '*')) {
    parsed.output = parse.fastpaths(input, options);
  }

  if (!parsed.output) {
    parsed = parse(input, options);
  }

  return picomatch.compileRe(parsed, options, returnOutput, returnState);
};

/**
 * Create a regular expression from the given regex source string.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.toRegex(source[, options]);
 *
 * const { output } = picomatch.parse('*.js');
 * console.log(picomatch.toRegex(output));
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {String} `source` Regular expression source string.
 * @param {Object} `options`
 * @return {RegExp}
 * @api public
 */

picomatch.toRegex = (source, options) => {
  try {
    const opts = options || {};
    return new RegExp(source, opts.flags || (opts.nocase ? 'i' : ''));
  } catch (err) {
    if (options && options.debug === true) throw err;
    return /$^/;
  }
};

/**
 * Picomatch constants.
 * @return {Object}
 */

picomatch.constants = constants;

/**
 * Expose "picomatch"
 */

module.exports = picomatch;


/***/ }),

/***/ 3495:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const utils = __nccwpck_require__(2561);
const {
  CHAR_ASTERISK,             /* * */
  CHAR_AT,                   /* @ */
  CHAR_BACKWARD_SLASH,       /* \ */
  CHAR_COMMA,                /* , */
  CHAR_DOT,                  /* . */
  CHAR_EXCLAMATION_MARK,     /* ! */
  CHAR_FORWARD_SLASH,        /* / */
  CHAR_LEFT_CURLY_BRACE,     /* { */
  CHAR_LEFT_PARENTHESES,     /* ( */
  CHAR_LEFT_SQUARE_BRACKET,  /* [ */
  CHAR_PLUS,                 /* + */
  CHAR_QUESTION_MARK,        /* ? */
  CHAR_RIGHT_CURLY_BRACE,    /* } */
  CHAR_RIGHT_PARENTHESES,    /* ) */
  CHAR_RIGHT_SQUARE_BRACKET  /* ] */
} = __nccwpck_require__(4157);

const isPathSeparator = code => {
  return code === CHAR_FORWARD_SLASH || code === CHAR_BACKWARD_SLASH;
};

const depth = token => {
  if (token.isPrefix !== true) {
    token.depth = token.isGlobstar ? Infinity : 1;
  }
};

/**
 * Quickly scans a glob pattern and returns an object with a handful of
 * useful properties, like `isGlob`, `path` (the leading non-glob, if it exists),
 * `glob` (the actual pattern), `negated` (true if the path starts with `!` but not
 * with `!(`) and `negatedExtglob` (true if the path starts with `!(`).
 *
 * ```js
 * const pm = require('picomatch');
 * console.log(pm.scan('foo/bar/*.js'));
 * { isGlob: true, input: 'foo/bar/*.js', base: 'foo/bar', glob: '*.js' }
 * ```
 * @param {String} `str`
 * @param {Object} `options`
 * @return {Object} Returns an object with tokens and regex source string.
 * @api public
 */

const scan = (input, options) => {
  const opts = options || {};

  const length = input.length - 1;
  const scanToEnd = opts.parts === true || opts.tokens === true || opts.scanToEnd === true;
  const slashes = [];
  const tokens = [];
  const parts = [];

  let str = input;
  let index = -1;
  let start = 0;
  let lastIndex = 0;
  let isBrace = false;
  let isBracket = false;
  let isGlob = false;
  let isExtglob = false;
  let isGlobstar = false;
  let braceEscaped = false;
  let backslashes = false;
  let negated = false;
  let negatedExtglob = false;
  let finished = false;
  let braces = 0;
  let prev;
  let code;
  let token = { value: '', depth: 0, isGlob: false };

  const eos = () => index >= length;
  const peek = () => str.charCodeAt(index + 1);
  const advance = () => {
    prev = code;
    return str.charCodeAt(++index);
  };

  while (index < length) {
    code = advance();
    let next;

    if (code === CHAR_BACKWARD_SLASH) {
      backslashes = token.backslashes = true;
      code = advance();

      if (code === CHAR_LEFT_CURLY_BRACE) {
        braceEscaped = true;
      }
      continue;
    }

    if (braceEscaped === true || code === CHAR_LEFT_CURLY_BRACE) {
      braces++;

      while (eos() !== true && (code = advance())) {
        if (code === CHAR_BACKWARD_SLASH) {
          backslashes = token.backslashes = true;
          advance();
          continue;
        }

        if (code === CHAR_LEFT_CURLY_BRACE) {
          braces++;
          continue;
        }

        if (braceEscaped !== true && code === CHAR_DOT && (code = advance()) === CHAR_DOT) {
          isBrace = token.isBrace = true;
          isGlob = token.isGlob = true;
          finished = true;

          if (scanToEnd === true) {
            continue;
          }

          break;
        }

        if (braceEscaped !== true && code === CHAR_COMMA) {
          isBrace = token.isBrace = true;
          isGlob = token.isGlob = true;
          finished = true;

          if (scanToEnd === true) {
            continue;
          }

          break;
        }

        if (code === CHAR_RIGHT_CURLY_BRACE) {
          braces--;

          if (braces === 0) {
            braceEscaped = false;
            isBrace = token.isBrace = true;
            finished = true;
            break;
          }
        }
      }

      if (scanToEnd === true) {
        continue;
      }

      break;
    }

    if (code === CHAR_FORWARD_SLASH) {
      slashes.push(index);
      tokens.push(token);
      token = { value: '', depth: 0, isGlob: false };

      if (finished === true) continue;
      if (prev === CHAR_DOT && index === (start + 1)) {
        start += 2;
        continue;
      }

      lastIndex = index + 1;
      continue;
    }

    if (opts.noext !== true) {
      const isExtglobChar = code === CHAR_PLUS
        || code === CHAR_AT
        || code === CHAR_ASTERISK
        || code === CHAR_QUESTION_MARK
        || code === CHAR_EXCLAMATION_MARK;

      if (isExtglobChar === true && peek() === CHAR_LEFT_PARENTHESES) {
        isGlob = token.isGlob = true;
        isExtglob = token.isExtglob = true;
        finished = true;
        if (code === CHAR_EXCLAMATION_MARK && index === start) {
          negatedExtglob = true;
        }

        if (scanToEnd === true) {
          let parens = 0;

          while (eos() !== true && (code = advance())) {
            if (code === CHAR_BACKWARD_SLASH) {
              backslashes = token.backslashes = true;
              advance();
              continue;
            }

            if (code === CHAR_LEFT_PARENTHESES) {
              parens++;
              continue;
            }

            if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
              finished = true;
              break;
            }
          }
          continue;
        }
        break;
      }
    }

    if (code === CHAR_ASTERISK) {
      if (prev === CHAR_ASTERISK) isGlobstar = token.isGlobstar = true;
      isGlob = token.isGlob = true;
      finished = true;

      if (scanToEnd === true) {
        continue;
      }
      break;
    }

    if (code === CHAR_QUESTION_MARK) {
      isGlob = token.isGlob = true;
      finished = true;

      if (scanToEnd === true) {
        continue;
      }
      break;
    }

    if (code === CHAR_LEFT_SQUARE_BRACKET) {
      while (eos() !== true && (next = advance())) {
        if (next === CHAR_BACKWARD_SLASH) {
          backslashes = token.backslashes = true;
          advance();
          continue;
        }

        if (next === CHAR_RIGHT_SQUARE_BRACKET) {
          isBracket = token.isBracket = true;
          isGlob = token.isGlob = true;
          finished = true;
          break;
        }
      }

      if (scanToEnd === true) {
        continue;
      }

      break;
    }

    if (opts.nonegate !== true && code === CHAR_EXCLAMATION_MARK && index === start) {
      negated = token.negated = true;
      start++;
      continue;
    }

    if (opts.noparen !== true && code === CHAR_LEFT_PARENTHESES) {
      isGlob = token.isGlob = true;

      if (scanToEnd === true) {
        let parens = 1;

        while (eos() !== true && (code = advance())) {
          if (code === CHAR_BACKWARD_SLASH) {
            backslashes = token.backslashes = true;
            advance();
            continue;
          }

          if (code === CHAR_LEFT_PARENTHESES) {
            parens++;
            continue;
          }

          if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
            finished = true;
            break;
          }
        }
        continue;
      }
      break;
    }

    if (isGlob === true) {
      finished = true;

      if (scanToEnd === true) {
        continue;
      }

      break;
    }
  }

  if (opts.noext === true) {
    isExtglob = false;
    isGlob = false;
  }

  let base = str;
  let prefix = '';
  let glob = '';

  if (start > 0) {
    prefix = str.slice(0, start);
    str = str.slice(start);
    lastIndex -= start;
  }

  if (base && isGlob === true && lastIndex > 0) {
    base = str.slice(0, lastIndex);
    glob = str.slice(lastIndex);
  } else if (isGlob === true) {
    base = '';
    glob = str;
  } else {
    base = str;
  }

  if (base && base !== '' && base !== '/' && base !== str) {
    if (isPathSeparator(base.charCodeAt(base.length - 1))) {
      base = base.slice(0, -1);
    }
  }

  if (opts.unescape === true) {
    if (glob) glob = utils.removeBackslashes(glob);

    if (base && backslashes === true) {
      base = utils.removeBackslashes(base);
    }
  }

  const state = {
    prefix,
    input,
    start,
    base,
    glob,
    isBrace,
    isBracket,
    isGlob,
    isExtglob,
    isGlobstar,
    negated,
    negatedExtglob
  };

  if (opts.tokens === true) {
    state.maxDepth = 0;
    if (!isPathSeparator(code)) {
      tokens.push(token);
    }
    state.tokens = tokens;
  }

  if (opts.parts === true || opts.tokens === true) {
    let prevIndex;

    for (let idx = 0; idx < slashes.length; idx++) {
      const n = prevIndex !== undefined ? prevIndex + 1 : start;
      const i = slashes[idx];
      const value = input.slice(n, i);
      if (opts.tokens) {
        if (idx === 0 && start !== 0) {
          tokens[idx].isPrefix = true;
          tokens[idx].value = prefix;
        } else {
          tokens[idx].value = value;
        }
        depth(tokens[idx]);
        state.maxDepth += tokens[idx].depth;
      }
      if (i >= start) {
        parts.push(value);
        prevIndex = i;
      }
    }

    const n = prevIndex !== undefined ? prevIndex + 1 : start;
    const value = input.slice(n);
    parts.push(value);

    if (opts.tokens && prevIndex && prevIndex + 1 < input.length) {
      tokens[tokens.length - 1].value = value;
      depth(tokens[tokens.length - 1]);
      state.maxDepth += tokens[tokens.length - 1].depth;
    }

    state.slashes = slashes;
    state.parts = parts;
  }

  return state;
};

module.exports = scan;


/***/ }),

/***/ 2561:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

/*global navigator*/


const {
  REGEX_BACKSLASH,
  REGEX_REMOVE_BACKSLASH,
  REGEX_SPECIAL_CHARS,
  REGEX_SPECIAL_CHARS_GLOBAL
} = __nccwpck_require__(4157);

exports.isObject = val => val !== null && typeof val === 'object' && !Array.isArray(val);
exports.hasRegexChars = str => REGEX_SPECIAL_CHARS.test(str);
exports.isRegexChar = str => str.length === 1 && exports.hasRegexChars(str);
exports.escapeRegex = str => str.replace(REGEX_SPECIAL_CHARS_GLOBAL, '\\$1');
exports.toPosixSlashes = str => str.replace(REGEX_BACKSLASH, '/');

exports.isWindows = () => {
  if (typeof navigator !== 'undefined' && navigator.platform) {
    const platform = navigator.platform.toLowerCase();
    return platform === 'win32' || platform === 'windows';
  }

  if (typeof process !== 'undefined' && process.platform) {
    return process.platform === 'win32';
  }

  return false;
};

exports.removeBackslashes = str => {
  return str.replace(REGEX_REMOVE_BACKSLASH, match => {
    return match === '\\' ? '' : match;
  });
};

exports.escapeLast = (input, char, lastIdx) => {
  const idx = input.lastIndexOf(char, lastIdx);
  if (idx === -1) return input;
  if (input[idx - 1] === '\\') return exports.escapeLast(input, char, idx - 1);
  return `${input.slice(0, idx)}\\${input.slice(idx)}`;
};

exports.removePrefix = (input, state = {}) => {
  let output = input;
  if (output.startsWith('./')) {
    output = output.slice(2);
    state.prefix = './';
  }
  return output;
};

exports.wrapOutput = (input, state = {}, options = {}) => {
  const prepend = options.contains ? '' : '^';
  const append = options.contains ? '' : '$';

  let output = `${prepend}(?:${input})${append}`;
  if (state.negated === true) {
    output = `(?:^(?!${output}).*$)`;
  }
  return output;
};

exports.basename = (path, { windows } = {}) => {
  const segs = path.split(windows ? /[\\/]/ : '/');
  const last = segs[segs.length - 1];

  if (last === '') {
    return segs[segs.length - 2];
  }

  return last;
};


/***/ }),

/***/ 2613:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");

/***/ }),

/***/ 181:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("buffer");

/***/ }),

/***/ 5317:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");

/***/ }),

/***/ 6982:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");

/***/ }),

/***/ 2250:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("dns");

/***/ }),

/***/ 4434:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");

/***/ }),

/***/ 9896:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");

/***/ }),

/***/ 8611:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("http");

/***/ }),

/***/ 5692:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("https");

/***/ }),

/***/ 9278:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("net");

/***/ }),

/***/ 7598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 6760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 6928:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("process");

/***/ }),

/***/ 2203:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("stream");

/***/ }),

/***/ 4756:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("tls");

/***/ }),

/***/ 9023:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("util");

/***/ }),

/***/ 3106:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("zlib");

/***/ }),

/***/ 6253:
/***/ ((__unused_webpack___webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {


// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
;// CONCATENATED MODULE: external "node:url"
const external_node_url_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:url");
;// CONCATENATED MODULE: ./cjs-globals.js
/**
 * ssh2 is CommonJS and reads `__dirname` while it loads (lib/protocol/crypto/poly1305.js), which an ES module does not have and ncc does
 * not supply (vercel/ncc issues 754 and 895). So this must be the first import of an entry. The one module whose import has an effect.
 */


const globals = globalThis;
globals.__filename ??= (0,external_node_url_namespaceObject.fileURLToPath)(import.meta.url);
globals.__dirname ??= external_node_path_.dirname(globals.__filename);


/***/ }),

/***/ 8454:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   V: () => (/* binding */ Complaints)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);

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
            if (!(error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ))
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
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(this.#code, `${this.#input}: ${first.message}`, { hint: first.hint });
        }
        const all = this.#list.map(({ message, hint }) => hint === undefined ? message : `${message} (${hint})`);
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ(this.#code, `${this.#input}: ${all.length} mistakes: ${all.join('; ')}`);
    }
}


/***/ }),

/***/ 2443:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   iT: () => (/* binding */ toError),
/* harmony export */   lZ: () => (/* binding */ ActionError),
/* harmony export */   z6: () => (/* binding */ asActionError)
/* harmony export */ });
/* unused harmony exports ERROR_CODES, isErrorCode */
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

/***/ 885:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   M9: () => (/* binding */ hostKeyFailure),
/* harmony export */   QR: () => (/* binding */ noCommonHostKey),
/* harmony export */   Qb: () => (/* binding */ hostKeyAlgorithms),
/* harmony export */   v: () => (/* binding */ uncheckableHostKey)
/* harmony export */ });
/* unused harmony export verifyHostKey */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);
/* harmony import */ var _known_hosts_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(7967);
/* harmony import */ var _public_key_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4835);



/** Whether a host that presents `key` is the one that `known` speaks of. Revocation wins. */
function verifyHostKey(known, key) {
    if (known.revoked.some((revoked) => (0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .samePublicKey */ .D3)(revoked, key)))
        return 'revoked';
    if (known.trusted.some((trusted) => (0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .samePublicKey */ .D3)(trusted, key)))
        return 'trusted';
    return known.trusted.length === 0 ? 'unknown-host' : 'mismatch';
}
/**
 * What is wrong with the key that a host presents; undefined if it is trusted.
 * @param blob the key in SSH's wire format
 */
function hostKeyFailure(known, host, port, blob) {
    const key = (0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .publicKeyFromBlob */ .cJ)(blob);
    if (key === undefined) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-mismatch', `${host} presented a host key that cannot be read`);
    }
    switch (verifyHostKey(known, key)) {
        case 'trusted':
            return undefined;
        case 'unknown-host':
            return unknownHost(known, host, port, key);
        case 'mismatch':
            return mismatch(known, host, port, key);
        case 'revoked':
            return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-revoked', `the host key of ${host} is marked @revoked in ${known.source}: ${describe(key)}`, { hint: 'Do not connect: ask whoever runs the builder which key it has now.' });
    }
}
/**
 * The signature algorithms to ask a host for, so that one with several keys presents a key that is known.
 * Undefined when no key is known: then any will do, for it is only shown.
 */
function hostKeyAlgorithms(known) {
    if (known.trusted.length === 0)
        return undefined;
    const types = [...new Set(known.trusted.map((key) => key.type))];
    return types.flatMap((type) => 
    // An RSA key signs with SHA-2 since RFC 8332; its type is still called ssh-rsa.
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]);
}
/** For a host that offers no key of any type known for it. */
function noCommonHostKey(known, host) {
    const message = `${host} has no host key of the type that ${known.source} knows for it (${typesOf(known)})`;
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-mismatch', message, { hint: addAnotherKey(known) });
}
/** For a host of which only keys are known that cannot be checked, such as ssh-dss. */
function uncheckableHostKey(known, host) {
    const message = `${known.source} has only keys for ${host} of a type that cannot be checked here (${typesOf(known)})`;
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-mismatch', message, { hint: addAnotherKey(known) });
}
function typesOf(known) {
    return [...new Set(known.trusted.map((key) => key.type))].join(', ');
}
function addAnotherKey({ source }) {
    return `Print the keys it has with \`cat /etc/ssh/ssh_host_*_key.pub\` on the builder, and add the ed25519 one to ${source}.`;
}
function unknownHost(known, host, port, key) {
    const message = known.empty
        ? `no host key is known: known-hosts is empty, and ${host} presents ${describe(key)}`
        : `the host key of ${(0,_known_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .knownHostsName */ .on)(host, port)} is not in known-hosts; it presents ${describe(key)}`;
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-unknown', message, {
        hint: 'Compare that with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` run on the builder itself (its key of that type). ' +
            `If they agree, add this line to the input known-hosts: ${knownHostsLine(host, port, key)}`,
    });
}
function mismatch(known, host, port, key) {
    const expected = known.trusted.map(describe).join(' or ');
    const line = known.source === 'known-hosts'
        ? knownHostsLine(host, port, key)
        : Buffer.from(`${key.type} ${key.base64}`).toString('base64');
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('host-key-mismatch', `the host key of ${(0,_known_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .knownHostsName */ .on)(host, port)} has changed: it presents ${describe(key)}, but ${known.source} has ${expected}`, {
        hint: 'Somebody may be impersonating the builder. Only if its key was really replaced, put this into ' +
            `${known.source} in place of the old one: ${line}`,
    });
}
function describe(key) {
    return `${key.type} ${(0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .fingerprint */ .Rj)(key)}`;
}
function knownHostsLine(host, port, key) {
    return `${(0,_known_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .knownHostsName */ .on)(host, port)} ${key.type} ${key.base64}`;
}


/***/ }),

/***/ 7967:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   bH: () => (/* binding */ lookupHostKeys),
/* harmony export */   ol: () => (/* binding */ pinnedHostKey),
/* harmony export */   on: () => (/* binding */ knownHostsName),
/* harmony export */   uJ: () => (/* binding */ parseKnownHosts)
/* harmony export */ });
/* unused harmony export DEFAULT_SSH_PORT */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(2443);
/* harmony import */ var _public_key_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4835);



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
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ('known-hosts-invalid', 'the public host key is neither a line such as `ssh-ed25519 AAAA…` nor base64 of one', {
            hint: 'Print it on the builder with `base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub`.',
        });
    }
    return { source: 'base64-ssh-public-host-key', trusted: [key], revoked: [], empty: false };
}
function keyOfLine(line) {
    const [type = '', base64 = ''] = line.trim().split(/\s+/);
    return (0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .publicKeyOf */ .kc)(type, base64);
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
    const key = (0,_public_key_js__WEBPACK_IMPORTED_MODULE_2__/* .publicKeyOf */ .kc)(type, base64);
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
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ('known-hosts-invalid', `known-hosts, line ${lineNumber}: @cert-authority takes transport: openssh, host certificates cannot be checked without`, {
        hint: 'Set transport: openssh, or pin the plain key of the host instead: on the builder, `cat /etc/ssh/ssh_host_ed25519_key.pub` prints ' +
            'the words that follow the host name in a known-hosts line.',
    });
}
function invalid(lineNumber, what) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ('known-hosts-invalid', `known-hosts, line ${lineNumber} ${what}`, {
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
    return (name) => (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.timingSafeEqual)((0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHmac)('sha1', key).update(name).digest(), expected);
}
/** A pattern of `*`, `?` and plain characters; the brackets of `[host]:port` are plain. */
function patternRegExp(pattern) {
    const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*+/g, '.*')
        .replaceAll('?', '.');
    return new RegExp(`^${source}$`);
}


/***/ }),

/***/ 8723:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Am: () => (/* binding */ unique),
/* harmony export */   Fm: () => (/* binding */ machineName),
/* harmony export */   I7: () => (/* binding */ DEFAULT_SPEED_FACTOR),
/* harmony export */   Om: () => (/* binding */ parseMachineSystem),
/* harmony export */   dD: () => (/* binding */ normalHostKey),
/* harmony export */   io: () => (/* binding */ DEFAULT_MAX_JOBS),
/* harmony export */   kh: () => (/* binding */ storeOfMachine),
/* harmony export */   sb: () => (/* binding */ sameMachine),
/* harmony export */   sr: () => (/* binding */ machineOfStore)
/* harmony export */ });
/* harmony import */ var _known_hosts_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7967);
/* harmony import */ var _ssh_uri_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6327);
/* harmony import */ var _system_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(8817);



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
    return (0,_ssh_uri_js__WEBPACK_IMPORTED_MODULE_1__/* .formatEndpoint */ .T0)(machine);
}
/**
 * @throws ActionError `input-invalid` for a text that is neither `cpu-kernel` nor `builtin`
 */
function parseMachineSystem(text) {
    return text === 'builtin' ? text : (0,_system_js__WEBPACK_IMPORTED_MODULE_2__/* .parseSystem */ .V)(text);
}
/**
 * A host key as every Nix reads it: base64 of its line, without the comment.
 * @param text that line, or base64 of it
 * @throws ActionError `known-hosts-invalid`
 */
function normalHostKey(text) {
    const [key] = (0,_known_hosts_js__WEBPACK_IMPORTED_MODULE_0__/* .pinnedHostKey */ .ol)(text).trusted;
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


/***/ }),

/***/ 4835:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   D3: () => (/* binding */ samePublicKey),
/* harmony export */   Rj: () => (/* binding */ fingerprint),
/* harmony export */   cJ: () => (/* binding */ publicKeyFromBlob),
/* harmony export */   kc: () => (/* binding */ publicKeyOf)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7598);

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** A key from its two words `ssh-ed25519 AAAA…`; undefined unless the second is base64 of a whole key of the first's type. */
function publicKeyOf(type, base64) {
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
    const digest = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
    return `SHA256:${digest.replace(/=+$/, '')}`;
}
function samePublicKey(one, other) {
    return one.base64 === other.base64;
}


/***/ }),

/***/ 6327:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $b: () => (/* binding */ withoutLogins),
/* harmony export */   G5: () => (/* binding */ withoutPassword),
/* harmony export */   T0: () => (/* binding */ formatEndpoint),
/* harmony export */   Wg: () => (/* binding */ DEFAULT_PORT),
/* harmony export */   aL: () => (/* binding */ words),
/* harmony export */   am: () => (/* binding */ parseSshUri),
/* harmony export */   pz: () => (/* binding */ parsePort),
/* harmony export */   sb: () => (/* binding */ shownUri),
/* harmony export */   w8: () => (/* binding */ invalidUri),
/* harmony export */   yG: () => (/* binding */ parseBoolean),
/* harmony export */   yv: () => (/* binding */ PROTOCOLS)
/* harmony export */ });
/* unused harmony export SSH_PARAMETERS */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);

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
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('store-uri-invalid', `${where}: ${what}`, {
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
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('store-uri-invalid', `${where}: % is not followed by two digits`, {
            hint: 'Write a percent sign as %25, and a blank as %20.',
            cause: error,
        });
    }
}


/***/ }),

/***/ 8817:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   V: () => (/* binding */ parseSystem),
/* harmony export */   eL: () => (/* binding */ systemOfMachine)
/* harmony export */ });
/* unused harmony exports SYSTEM_NAME_PATTERN, isSystem */
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
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   Zb: () => (/* binding */ withoutColour),
/* harmony export */   g$: () => (/* binding */ printable)
/* harmony export */ });
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

/***/ 6480:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _cjs_globals_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(6253);
/* harmony import */ var _serve_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(4107);


function crash(thrown) {
    (0,_serve_js__WEBPACK_IMPORTED_MODULE_1__/* .note */ .N)(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    process.exit(1);
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
await (0,_serve_js__WEBPACK_IMPORTED_MODULE_1__/* .serve */ .w)();
process.exit();

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 4107:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  N: () => (/* binding */ note),
  w: () => (/* binding */ serve_serve)
});

;// CONCATENATED MODULE: external "node:stream/consumers"
const consumers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/consumers");
;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: external "node:fs/promises"
const external_node_fs_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
// EXTERNAL MODULE: ./domain/errors.js
var domain_errors = __nccwpck_require__(2443);
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
        await delay(50);
    }
    for (const pid of await markedProcesses(marker))
        signal(pid, 'SIGKILL');
    return found.length;
}
/** Where there is no /proc (macOS) none is found: there children end with the pipes that they hold. */
async function markedProcesses(marker) {
    const entry = `${MARKER_VARIABLE}=${marker}`;
    const names = await readdir('/proc').catch(() => []);
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    const marked = [];
    for (const pid of pids) {
        if (pid === process.pid)
            continue;
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
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

;// CONCATENATED MODULE: ./action/credentials.js


/** As {@link readCredentials}, each key read once: what is read when a connection is made anew is what was there at first. */
function credentialsReader(secrets, env) {
    const known = new Map();
    return ({ sshKey }) => {
        const read = known.get(sshKey) ?? readCredentials(secrets, sshKey, env);
        known.set(sshKey, read);
        return read;
    };
}
/** Whether there is anything to authenticate with, somewhere. */
function hasCredentials(secrets, endpoints, env) {
    const own = endpoints.some(({ sshKey }) => sshKey !== undefined);
    return own || secrets['ssh-key'] !== '' || (env['SSH_AUTH_SOCK'] ?? '') !== '';
}
/**
 * What the step authenticates with: the `ssh-key` input, else the file that the machine has as its own, else the agent.
 * @throws ActionError `credentials-missing` when there is none of them, and those of ssh/private-key.ts
 */
async function readCredentials(secrets, sshKey, env) {
    const passphrase = secrets['ssh-key-passphrase'] || undefined;
    if (secrets['ssh-key'] !== '')
        return keys(secrets['ssh-key'], passphrase);
    if (sshKey !== undefined)
        return keys(await readKeyFile(sshKey), passphrase);
    const socket = env['SSH_AUTH_SOCK'];
    if (socket !== undefined && socket !== '')
        return { kind: 'agent', socket };
    throw new domain_errors/* ActionError */.lZ('credentials-missing', "Input 'ssh-key' is empty, and there is no SSH agent", {
        hint: 'Secrets are not passed to workflows of pull requests from forks and of Dependabot. In any other workflow, the secret is not ' +
            'defined in this repository, or not under this name.',
    });
}
/** What reads keys brings ssh2 along, which a step that connects to nobody does without. */
async function keys(text, passphrase) {
    const { parsePrivateKeys } = await Promise.all(/* import() */[__nccwpck_require__.e(362), __nccwpck_require__.e(605)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6605));
    return { kind: 'keys', keys: parsePrivateKeys(text, passphrase) };
}
async function readKeyFile(file) {
    try {
        return await (0,external_node_fs_promises_namespaceObject.readFile)(file, 'utf8');
    }
    catch (thrown) {
        const cause = (0,domain_errors/* toError */.iT)(thrown);
        throw new domain_errors/* ActionError */.lZ('key-invalid', `the key file ${file} cannot be read: ${cause.message}`, {
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./action/access.js





/** Access with what the inputs say. Each key is read once: what is read when a connection is made anew is what was there at first. */
function accessWith(checks, secrets, place) {
    const { processEnv, env, user, directory } = place;
    const credentialsFor = credentialsReader(secrets, processEnv);
    if (checks.transport === 'ssh2') {
        return {
            loginFor: async (endpoint) => ({
                transport: 'ssh2',
                user: endpoint.user ?? user,
                credentials: await credentialsFor(endpoint),
                hostKeys: checks.hostKeysOf(endpoint),
            }),
        };
    }
    const cwd = process.cwd();
    const identityFor = async (endpoint) => {
        const { sshKey } = endpoint;
        if (secrets['ssh-key'] === '' && sshKey === undefined)
            return { kind: 'configured' };
        if (secrets['ssh-key'] === '' && sshKey !== undefined && !secrets['ssh-key-passphrase']) {
            return { kind: 'file', path: await keyFile(external_node_path_.resolve(cwd, sshKey)) };
        }
        const credentials = await credentialsFor(endpoint);
        return credentials.kind === 'keys' ? credentials : { kind: 'configured' };
    };
    return {
        loginFor: async (endpoint) => ({
            transport: 'openssh',
            user: endpoint.user,
            identity: await identityFor(endpoint),
            hostKeys: checks.hostKeysOf(endpoint),
            env: withoutTokens(env),
            directory,
        }),
    };
}
/** For `ssh` and the commands of its configuration. Settings of Nix and Git may hold tokens (nix/environment.ts). */
function withoutTokens(env) {
    const isNeeded = (name) => name === MARKER_VARIABLE || !/^(?:NIX|GIT)_/.test(name);
    return Object.fromEntries(Object.entries(env).filter(([name]) => isNeeded(name)));
}
async function keyFile(file) {
    if (file.includes('${')) {
        throw new domain_errors/* ActionError */.lZ('key-invalid', `the key file ${file} has a name that ssh takes for a variable`);
    }
    try {
        await (0,external_node_fs_promises_namespaceObject.access)(file, external_node_fs_promises_namespaceObject.constants.R_OK);
        return file;
    }
    catch (thrown) {
        const cause = (0,domain_errors/* toError */.iT)(thrown);
        throw new domain_errors/* ActionError */.lZ('key-invalid', `the key file ${file} cannot be read: ${cause.message}`, {
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./action/cancellation.js

/** Aborts when GitHub cancels the job: it sends SIGINT, SIGTERM 7.5 s later and SIGKILL 2.5 s after that. */
class Cancellation {
    #controller = new AbortController();
    #onSignal = () => {
        this.#controller.abort(new domain_errors/* ActionError */.lZ('cancelled', 'The workflow was cancelled'));
    };
    constructor() {
        process.on('SIGINT', this.#onSignal);
        process.on('SIGTERM', this.#onSignal);
    }
    get signal() {
        return this.#controller.signal;
    }
    [Symbol.dispose]() {
        process.off('SIGINT', this.#onSignal);
        process.off('SIGTERM', this.#onSignal);
    }
}

// EXTERNAL MODULE: ../node_modules/picomatch/index.js
var picomatch = __nccwpck_require__(5180);
;// CONCATENATED MODULE: ../node_modules/string-argv/index.js

function parseArgsStringToArgv(value, env, file) {
    const myArray = [];
    if (env) {
        myArray.push(env);
    }
    if (file) {
        myArray.push(file);
    }
    let current = "";
    let inQuote = null;
    let hasToken = false; // Track if we've started a token (for empty quotes)
    let i = 0;
    while (i < value.length) {
        const char = value[i];
        if (inQuote) {
            // Inside quotes - look for the closing quote
            if (char === inQuote) {
                // End of quoted section
                inQuote = null;
            }
            else {
                // Add character to current token (without the quotes)
                current += char;
            }
        }
        else {
            // Outside quotes
            if (char === '"' || char === "'") {
                // Start of quoted section - this means we have a token even if empty
                inQuote = char;
                hasToken = true;
            }
            else if (/\s/.test(char)) {
                // Whitespace - end current token if we have one
                if (hasToken) {
                    myArray.push(current);
                    current = "";
                    hasToken = false;
                }
            }
            else {
                // Regular character - add to current token
                current += char;
                hasToken = true;
            }
        }
        i++;
    }
    // Don't forget the last token
    if (hasToken) {
        myArray.push(current);
    }
    return myArray;
}

;// CONCATENATED MODULE: ./domain/attr-path.js

/**
 * Parses an attribute path as Nix does (attr-path.cc, `parseAttrPath`): names are separated by dots, double quotes keep
 * dots together and know no escapes, and a single empty name at the end is dropped (`a.` is `a`).
 * @throws ActionError `input-invalid` when a quote is not closed.
 */
function attr_path_parseAttrPath(text) {
    const names = [];
    let name = '';
    let quoted = false;
    for (const character of text) {
        if (character === '"') {
            quoted = !quoted;
        }
        else if (character === '.' && !quoted) {
            names.push(name);
            name = '';
        }
        else {
            name += character;
        }
    }
    if (quoted) {
        throw new domain_errors/* ActionError */.lZ('input-invalid', `the attribute path ${JSON.stringify(text)} lacks a closing quote`);
    }
    return name === '' ? names : [...names, name];
}
// What needs no quotes in a fragment or after `-A`; more than Nix's identifiers, as `7zip` and `gtk+` need none there.
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*$/;
/** Prints an attribute path so that `nix build` reads it back; only a name with a `"` in it cannot be written at all. */
function printAttrPath(path) {
    return path.map((name) => (PLAIN_NAME.test(name) ? name : `"${name}"`)).join('.');
}

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
        throw new domain_errors/* ActionError */.lZ('path-invalid', `${JSON.stringify(text)} is not a path of ${STORE_DIR}`);
    }
    return text;
}
function isStorePath(text) {
    return STORE_PATH.test(text);
}
/** Like {@link parseStorePath}, for a derivation. */
function store_path_parseDrvPath(text) {
    const path = parseStorePath(text);
    if (!isDrvPath(path)) {
        throw new domain_errors/* ActionError */.lZ('path-invalid', `${path} is not a derivation: its name does not end in .drv`);
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

;// CONCATENATED MODULE: ./domain/installable.js



/**
 * Parses one installable, as `nix build` of Nix 2.34 does; the `^outputs` are ours to read, so that Nix 2.8, which does not
 * know them, builds the same.
 * @throws ActionError `input-invalid`, naming the text and what is wrong with it.
 */
function parseInstallable(text, scope) {
    const written = text.trim();
    const { rest, outputs } = splitOutputs(written);
    if (scope === 'attributes') {
        if (withoutQuoted(rest).includes('#'))
            throw notAnAttributePath(written);
        const attrPath = rest === '.' ? [] : attr_path_parseAttrPath(rest);
        return { kind: 'attribute', text: written, attrPath, outputs };
    }
    const path = storePathOf(rest);
    if (path !== undefined) {
        return { kind: 'store-path', text: written, path, outputs };
    }
    // A folder's name may have a blank, an attribute path only within quotes.
    if (/#.*\s/.test(withoutQuoted(rest)))
        throw severalOnOneLine(written);
    const [flakeRef, fragment] = splitFragment(rest);
    attr_path_parseAttrPath(fragment); // an unclosed quote is reported now, not by a Nix process
    return { kind: 'flake', text: written, flakeRef, fragment, outputs };
}
/**
 * The attribute paths that `nix build` tries for a fragment, first match wins (installables.cc,
 * `getDefaultFlakeAttrPaths` and `getDefaultFlakeAttrPathPrefixes`). A leading dot asks for exactly that path.
 */
function flakeCandidates(fragment, system) {
    if (fragment === '') {
        return [
            ['packages', system, 'default'],
            ['defaultPackage', system],
        ];
    }
    if (fragment.startsWith('.')) {
        return [parseAttrPath(fragment.slice(1))];
    }
    const path = parseAttrPath(fragment);
    return [['packages', system, ...path], ['legacyPackages', system, ...path], path];
}
function withoutQuoted(text) {
    return text.replaceAll(/"[^"]*"/g, '');
}
function notAnAttributePath(text) {
    return new domain_errors/* ActionError */.lZ('input-invalid', `installable ${JSON.stringify(text)} names a flake, but file or expr is given`, {
        hint: `Write the attribute path alone, as in ${text.slice(text.indexOf('#') + 1) || 'hello'}.`,
    });
}
function severalOnOneLine(text) {
    return new domain_errors/* ActionError */.lZ('input-invalid', `installable ${JSON.stringify(text)} has a blank in it`, {
        hint: 'Write one installable per line; a blank in an attribute name needs quotes.',
    });
}
// outputs-spec.cc: what follows the last `^` is `*` or names as the store allows them, with commas between.
const OUTPUTS = /^[0-9a-zA-Z+\-._?=]+(,[0-9a-zA-Z+\-._?=]+)*$/;
function splitOutputs(text) {
    const caret = text.lastIndexOf('^');
    if (caret === -1) {
        return { rest: text, outputs: undefined };
    }
    const selection = text.slice(caret + 1);
    const rest = text.slice(0, caret);
    if (selection === '*') {
        return { rest, outputs: 'all' };
    }
    if (!OUTPUTS.test(selection)) {
        throw new domain_errors/* ActionError */.lZ('input-invalid', `installable ${JSON.stringify(text)}: ${JSON.stringify(selection)} after ^ is not a list of outputs`, { hint: 'Write ^out,dev for some outputs, or ^* for all.' });
    }
    return { rest, outputs: [...new Set(selection.split(','))].sort() };
}
function splitFragment(text) {
    const hash = text.indexOf('#');
    if (hash === -1) {
        return [text, ''];
    }
    return [text.slice(0, hash), percentDecode(text.slice(hash + 1), text)];
}
function percentDecode(text, installable) {
    try {
        return decodeURIComponent(text);
    }
    catch (cause) {
        throw new domain_errors/* ActionError */.lZ('input-invalid', `installable ${JSON.stringify(installable)}: the % in its attribute path does not begin a code such as %20`, { cause, hint: 'Write %25 for a percent sign.' });
    }
}
/** The store path that a text lies in, as `nix build /nix/store/…-hello/bin` takes it; not for `…#attribute` or `…?dir=`. */
function storePathOf(text) {
    if (!text.startsWith(`${STORE_DIR}/`) || /[#?]/.test(text)) {
        return undefined;
    }
    const path = text.split('/', 4).join('/');
    return isStorePath(path) ? path : undefined;
}

// EXTERNAL MODULE: ./domain/machine.js
var domain_machine = __nccwpck_require__(8723);
// EXTERNAL MODULE: ./domain/system.js
var domain_system = __nccwpck_require__(8817);
;// CONCATENATED MODULE: ./plan/workflow-event.js
/** Events that run a pull request's own workflow, which may be a stranger's. */
const OF_PULL_REQUESTS = new Set([
    'pull_request',
    'pull_request_review',
    'pull_request_review_comment',
]);
/** Events that GitHub treats as those of a fork when Dependabot causes them ("Troubleshooting Dependabot on GitHub Actions"). */
const OF_DEPENDABOT = new Set([
    ...OF_PULL_REQUESTS,
    'push',
    'create',
    'deployment',
    'deployment_status',
]);
/** Events that get secrets, and may be about a stranger's code all the same. */
const PRIVILEGED = new Set(['pull_request_target', 'workflow_run']);
/** Whose event it is, where GitHub passes no secrets of the repository to it; undefined where it does. */
function workflow_event_whoGetsNoSecrets({ name, actor, pullRequest }) {
    if (actor === 'dependabot[bot]' && OF_DEPENDABOT.has(name))
        return 'Dependabot';
    if (!pullRequest || !OF_PULL_REQUESTS.has(name))
        return undefined;
    return pullRequest.from === pullRequest.to ? undefined : 'a pull request from a fork';
}
/** Whether a workflow with secrets may be about to run what a stranger wrote. */
function isPrivileged({ name }) {
    return PRIVILEGED.has(name);
}

;// CONCATENATED MODULE: ./plan/fallback.js

/** The input `fallback`: what may keep a step from its remotes without failing it. */
const FALLBACKS = ['forks', 'unreachable', 'never'];
/** What a remote that cannot be had looks like: no name, no connection, no word. */
const UNREACHABLE = new Set([
    'host-unresolvable',
    'host-unreachable',
    'connect-timeout',
]);
/**
 * Decides whether this runner builds what a remote was to build. Host keys, authentication, protocols and inputs that are wrong are for a
 * person to see to: they are never a reason.
 * @param error what keeps the step from its remotes
 * @returns why, as a sentence without its full stop; undefined: the error stands
 */
function reasonToFallBack({ code, message }, fallback, event) {
    if (fallback === 'never')
        return undefined;
    if (code === 'credentials-missing') {
        const who = whoGetsNoSecrets(event);
        return who && `${message}: this workflow was started by ${who}`;
    }
    return fallback === 'unreachable' && UNREACHABLE.has(code) ? message : undefined;
}

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
// EXTERNAL MODULE: ./domain/ssh-uri.js
var ssh_uri = __nccwpck_require__(6327);
;// CONCATENATED MODULE: ./domain/store-uri.js

/** The entries of the `store` input: one URI a line; empty lines and lines that begin with `#` are skipped. */
function storeLines(text) {
    const lines = text.split(/\r?\n/).map((line, index) => ({ uri: line.trim(), number: index + 1 }));
    const entries = lines.filter(({ uri }) => uri !== '' && !uri.startsWith('#'));
    return entries.map(({ uri, number }) => ({
        uri,
        where: entries.length === 1 ? 'store' : `store: line ${number}`,
    }));
}
/**
 * Parses one store URI.
 * @param where for errors: which input, which line
 * @throws ActionError `store-uri-invalid`
 */
function parseStoreUri(uri, where = 'store') {
    if (uri.startsWith('ssh://')) {
        throw (0,ssh_uri/* invalidUri */.w8)(where, 'ssh:// cannot be used as a store that builds', `Write ssh-ng:// instead: ssh-ng://${(0,ssh_uri/* withoutPassword */.G5)(uri).slice('ssh://'.length)}`);
    }
    const { user, host, port, parameters } = (0,ssh_uri/* parseSshUri */.am)(uri, where);
    return {
        user,
        host,
        port,
        sshKey: parameters.get('ssh-key'),
        base64SshPublicHostKey: parameters.get('base64-ssh-public-host-key'),
        compress: (0,ssh_uri/* parseBoolean */.yG)('compress', parameters.get('compress'), where),
        remoteProgram: (0,ssh_uri/* words */.aL)(parameters.get('remote-program'), /\s+/),
        remoteStore: parameters.get('remote-store'),
        systemFeatures: (0,ssh_uri/* words */.aL)(parameters.get('system-features'), /[\s,]+/),
        systems: (0,ssh_uri/* words */.aL)(parameters.get('systems'), /[\s,]+/),
    };
}
/** `ssh-ng://user@host:port`: enough to tell stores apart in a log, and without parameters. */
function formatStoreUri(uri) {
    return (0,ssh_uri/* formatEndpoint */.T0)({ protocol: 'ssh-ng', ...uri });
}

;// CONCATENATED MODULE: ./action/destination.js




const MODES = ['auto', 'remote-store', 'builders', 'local'];
const EXAMPLE = 'ssh-ng://ci@builder.example.org';
/** Where to build, of the inputs `store`, `builders` and `mode`. Undefined, or a placeholder, beside a complaint. */
function readDestination(reader, place) {
    const lines = storeLines(reader.text('store'));
    const stores = lines
        .map(({ uri, where }) => reader.parse('store', () => parseStoreUri(uri, where)))
        .filter((uri) => uri !== undefined);
    const builders = readBuilders(reader, place);
    const mode = chooseMode(reader, lines.length > 0);
    if (mode === 'local')
        return { mode, reason: 'the input mode says so' };
    const machines = allMachines(reader, builders, stores);
    if (mode === 'builders')
        return { mode, machines };
    if (lines.length === 0) {
        reader.complain('store', 'is empty', `Give at least one, for example ${EXAMPLE}.`);
    }
    const labels = stores.map(formatStoreUri);
    const twice = labels.find((label, index) => labels.indexOf(label) < index);
    if (twice !== undefined)
        reader.complain('store', `names ${twice} twice`, 'Name each store once.');
    if (stores.length === 0)
        return undefined;
    if (mode === 'remote-store')
        return { mode, stores };
    const names = new Set(stores.map((uri) => (0,domain_machine/* machineName */.Fm)((0,domain_machine/* machineOfStore */.sr)(uri))));
    const others = builders.filter((machine) => !names.has((0,domain_machine/* machineName */.Fm)(machine)));
    return {
        mode,
        stores: [...stores, ...others.flatMap((each) => (0,domain_machine/* storeOfMachine */.kh)(each) ?? [])],
        machines,
    };
}
function readBuilders(reader, { workspace, runnerSystem, parseBuilders }) {
    const text = reader.text('builders');
    if (text === '' || !parseBuilders)
        return [];
    const context = {
        defaultSystems: [runnerSystem],
        readFile: (name) => readIfThere(external_node_path_.resolve(workspace, name)),
    };
    return reader.parse('builders', () => parseBuilders(text, context)) ?? [];
}
/** `auto` with builders alone is on them: what is built is then here, as whoever names builders expects. */
function chooseMode(reader, hasStore) {
    const mode = reader.choice('mode', MODES);
    const hasBuilders = reader.text('builders') !== '';
    if (mode === 'builders' && !hasStore && !hasBuilders) {
        reader.complain('builders', 'is empty', `Name at least one machine, for example ${EXAMPLE}.`);
    }
    return mode === 'auto' && hasBuilders && !hasStore ? 'builders' : mode;
}
/** Those of both inputs; what is said of one machine in both has to be the same. */
function allMachines(reader, builders, stores) {
    const machines = new Map(builders.map((machine) => [(0,domain_machine/* machineName */.Fm)(machine), machine]));
    for (const uri of stores) {
        const machine = reader.parse('store', () => (0,domain_machine/* machineOfStore */.sr)(uri));
        if (!machine)
            continue;
        const known = machines.get((0,domain_machine/* machineName */.Fm)(machine));
        if (known && !(0,domain_machine/* sameMachine */.sb)(known, machine)) {
            const what = `${(0,domain_machine/* machineName */.Fm)(machine)} has other settings than in builders`;
            reader.complain('store', what, 'Name each machine once.');
        }
        machines.set((0,domain_machine/* machineName */.Fm)(machine), known ?? machine);
    }
    return [...machines.values()];
}
function readIfThere(file) {
    try {
        return (0,external_node_fs_namespaceObject.readFileSync)(file, 'utf8');
    }
    catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
            return undefined;
        throw error;
    }
}

// EXTERNAL MODULE: ./domain/complaints.js
var domain_complaints = __nccwpck_require__(8454);
;// CONCATENATED MODULE: ./nix/nix-conf-lines.js

/**
 * Reads lines of nix.conf as Nix does (libutil/configuration.cc, `parseConfigFiles`); what is included is not looked at.
 * @param input whose lines they are, for errors: `extra-nix-config`
 * @throws ActionError `input-invalid` naming every line that Nix would refuse; never with a value, which may be a secret
 */
function parseNixConf(text, input) {
    const complaints = new domain_complaints/* Complaints */.V('input-invalid', input);
    const settings = text
        .split('\n')
        .map((line, index) => parseLine(line, `line ${index + 1}`, complaints))
        .filter((setting) => setting !== undefined);
    complaints.finish();
    return settings;
}
/** Older names that Nix still reads. */
const ALIASES = {
    'build-max-jobs': 'max-jobs',
    'build-cores': 'cores',
    'build-timeout': 'timeout',
    'build-max-silent-time': 'max-silent-time',
    'build-fallback': 'fallback',
    'build-use-substitutes': 'substitute',
    'build-use-sandbox': 'sandbox',
    'build-use-chroot': 'sandbox',
    'build-sandbox-paths': 'sandbox-paths',
    'build-chroot-dirs': 'sandbox-paths',
    'binary-caches': 'substituters',
    'trusted-binary-caches': 'trusted-substituters',
    'binary-cache-public-keys': 'trusted-public-keys',
};
/** A setting's name of today, without the `extra-` of a line that adds to it. */
function baseName(name) {
    const base = name.replace(/^extra-/, '');
    return ALIASES[base] ?? base;
}
const FORM = 'Write one setting a line, with blanks around the sign: name = value';
/** Nix cuts a line at `#` wherever it stands; nothing quotes it. */
function parseLine(line, where, complaints) {
    const words = line
        .replace(/#.*/s, '')
        .split(/[ \t\r]+/)
        .filter(Boolean);
    const [name, sign, ...value] = words;
    if (name === undefined)
        return undefined;
    if (name === 'include' || name === '!include') {
        checkInclude(words, where, complaints);
    }
    else if (sign === '=') {
        return { name, value: value.join(' ') };
    }
    else if (/^[a-z][a-z0-9-]*=/.test(name)) {
        complaints.add(`${where}: there is no blank before '='`, FORM);
    }
    else if (sign !== undefined && /^[a-z][a-z0-9-]*$/.test(name)) {
        complaints.add(`${where}: '${name}' is not followed by ' = '`, FORM);
    }
    else {
        complaints.add(`${where}: it is no setting`, FORM);
    }
    return undefined;
}
/** Nix takes a relative path from the folder of the file that includes, which is one of ours. */
function checkInclude(words, where, complaints) {
    const [name = '', file = '', ...more] = words;
    if (file === '' || more.length > 0) {
        complaints.add(`${where}: '${name}' takes one path, without blanks`, `Write: ${name} /a/file`);
    }
    else if (!file.startsWith('/')) {
        complaints.add(`${where}: the path of '${name}' is not absolute`, `Write: ${name} /a/file`);
    }
}

;// CONCATENATED MODULE: ./nix/access-tokens.js

/**
 * The value of the setting `access-tokens` with one token more. An `extra-access-tokens` would leave the token that is there for the same host.
 * @param present the value without it; the tokens for other hosts are kept
 * @throws ActionError `input-invalid` for what nix.conf cannot hold; the token is not quoted
 */
function withAccessToken({ host, token }, present = '') {
    if (!/^[^\s#=]+$/.test(host) || !/^[^\s#]+$/.test(token)) {
        throw new domain_errors/* ActionError */.lZ('input-invalid', `the access token for ${JSON.stringify(host)} is empty or holds a character that no token has`, { hint: 'Give the token alone, without blanks or line ends in it.' });
    }
    const others = words(present).filter((entry) => !entry.startsWith(`${host}=`));
    return [`${host}=${token}`, ...others].join(' ');
}
/** The tokens in lines of nix.conf, right or wrong as these may be: GitHub's `host=TOKEN`, and GitLab's `host=PAT:TOKEN`. */
function tokensIn(text) {
    return text
        .split('\n')
        .map((line) => line.replace(/#.*/, ''))
        .map((line) => /^\s*(?:extra-)?access-tokens\s*=?(.*)/.exec(line)?.[1] ?? '')
        .flatMap(words)
        .map((entry) => entry.replace(/^[^=]*=/, '').replace(/^(?:OAuth2|PAT):/, ''))
        .filter((token) => token !== '');
}
function words(text) {
    return text.split(/\s+/).filter((word) => word !== '');
}

;// CONCATENATED MODULE: ./action/given-conf.js


/** What Nix on the runner is told, of the inputs `extra-nix-config` and `github-token`. */
function readGivenConf(reader, { githubHost }) {
    return { accessToken: readToken(reader, githubHost), extraConfig: readLines(reader) };
}
/** A secret often ends with a line end that nobody meant. */
function readToken(reader, host) {
    const token = reader.text('github-token').trim();
    if (token === '')
        return undefined;
    reader.parse('github-token', () => withAccessToken({ host, token }));
    return { host, token };
}
function readLines(reader) {
    const text = reader.text('extra-nix-config');
    const settings = reader.parse('extra-nix-config', () => parseNixConf(text, 'extra-nix-config'));
    if (settings?.some(({ name }) => name === 'store') === true) {
        const hint = 'Name a remote store in the input `store`; the local one is the machine’s own.';
        reader.complain('extra-nix-config', "sets 'store', by which Nix would leave this step out", hint);
    }
    return text;
}

// EXTERNAL MODULE: ./domain/known-hosts.js
var known_hosts = __nccwpck_require__(7967);
;// CONCATENATED MODULE: ./action/host-keys.js

/** Of the inputs `transport` and `known-hosts`. A key that is pinned goes before those; what is revoked there is revoked in either case. */
function readHostChecks(reader, destination) {
    const transport = reader.choice('transport', ['ssh2', 'openssh']);
    const text = reader.text('known-hosts');
    // Which of a certificate's hosts is whose is for the client to say.
    const plain = transport === 'openssh' ? text.replace(/^[ \t]*@cert-authority\s+/gm, '') : text;
    const lines = reader.parse('known-hosts', () => (0,known_hosts/* parseKnownHosts */.uJ)(plain)) ?? [];
    if (destination?.mode === 'remote-store' || destination?.mode === 'auto') {
        for (const { base64SshPublicHostKey: pinned } of destination.stores) {
            if (pinned !== undefined)
                reader.parse('store', () => (0,known_hosts/* pinnedHostKey */.ol)(pinned));
        }
    }
    const hostKeysOf = ({ host, port, publicHostKey }) => {
        const known = (0,known_hosts/* lookupHostKeys */.bH)(lines, host, port);
        if (publicHostKey === undefined)
            return known;
        return { ...(0,known_hosts/* pinnedHostKey */.ol)(publicHostKey), revoked: known.revoked };
    };
    if (transport === 'ssh2')
        return { transport, hostKeysOf };
    const knownHosts = text === '' ? undefined : text;
    const pinnedOf = (host) => host.publicHostKey === undefined ? undefined : hostKeysOf(host);
    return { transport, hostKeysOf: (host) => ({ knownHosts, pinned: pinnedOf(host) }) };
}

;// CONCATENATED MODULE: ./action/input-reader.js

/**
 * Parses inputs one by one and keeps every complaint, so that a person sees all of them at once.
 * Values returned beside a complaint are placeholders: {@link InputReader.finish} throws before anyone uses them.
 */
class InputReader {
    #read;
    #complaints = [];
    constructor(read) {
        this.#read = read;
    }
    text(name) {
        return this.#read(name);
    }
    /** Lines that hold something, trimmed. */
    lines(name) {
        return this.text(name)
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== '');
    }
    /** YAML's core booleans, as `core.getBooleanInput` takes them. */
    boolean(name) {
        const text = this.text(name);
        if (text === '')
            return undefined;
        if (/^(true|True|TRUE)$/.test(text))
            return true;
        if (/^(false|False|FALSE)$/.test(text))
            return false;
        this.complain(name, `'${text}' is not valid`, 'Allowed: true, false.');
        return undefined;
    }
    /** One of these words; the first if nothing is given. */
    choice(name, allowed) {
        const text = this.text(name);
        const chosen = text === '' ? allowed[0] : allowed.find((word) => word === text);
        if (chosen !== undefined)
            return chosen;
        this.complain(name, `'${text}' is not valid`, `Allowed: ${allowed.join(', ')}.`);
        return allowed[0];
    }
    /** A whole number from 0 on; `unit` is named when it is refused. */
    count(name, unit) {
        const text = this.text(name);
        if (text === '')
            return undefined;
        const value = Number(text);
        if (/^\d+$/.test(text) && Number.isSafeInteger(value))
            return value;
        this.complain(name, `'${text}' is not valid`, `Allowed: a whole number of ${unit}, 0 or more.`);
        return undefined;
    }
    /** Lines of the form `name = value`, as in nix.conf. */
    settings(name) {
        const settings = new Map();
        for (const line of this.lines(name)) {
            const match = /^([\w-]+)\s*=\s*(.*)$/.exec(line);
            if (match?.[1] === undefined || match[2] === undefined) {
                this.complain(name, `line '${line}' is not valid`, 'Write one `name = value` per line.');
            }
            else {
                settings.set(match[1], match[2]);
            }
        }
        return settings;
    }
    /** Parses with a function that throws; what it throws becomes this input's complaint. */
    parse(name, parser) {
        try {
            return parser();
        }
        catch (error) {
            if (!(error instanceof domain_errors/* ActionError */.lZ))
                throw error;
            const { code, hint } = error;
            const message = error.message.replace(new RegExp(`^${name}: `), '');
            this.#complaints.push(new domain_errors/* ActionError */.lZ(code, `Input '${name}': ${message}`, { hint, cause: error }));
            return undefined;
        }
    }
    complain(name, message, hint) {
        this.#complaints.push(new domain_errors/* ActionError */.lZ('input-invalid', `Input '${name}': ${message}`, { hint }));
    }
    /** @throws the only complaint, or one that lists them all. */
    finish() {
        const [first, ...others] = this.#complaints;
        if (!first)
            return;
        if (others.length === 0)
            throw first;
        const list = this.#complaints.map((error) => `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
        throw new domain_errors/* ActionError */.lZ('input-invalid', `${list.length} inputs are wrong: ${list.join('; ')}`);
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
;// CONCATENATED MODULE: ./domain/signing-key.js




/** Bytes of a secret key as libsodium has it: the seed, then the public key. */
const SECRET_LENGTH = 64;
const SEED_LENGTH = 32;
/** What precedes the seed in PKCS 8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/**
 * Parses what `nix key generate-secret` prints, `name:base64`.
 * @throws ActionError `key-invalid`, which holds nothing of the text
 */
function parseSigningKey(text) {
    const [, name, base64] = /^([^\s:]+):([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
    if (name === undefined || base64 === undefined)
        throw invalid("is not of the form 'name:base64'");
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length === SEED_LENGTH)
        throw invalid('is a public key, the secret one is needed');
    if (bytes.length !== SECRET_LENGTH) {
        throw invalid(`holds ${bytes.length} bytes, an ed25519 secret key has ${SECRET_LENGTH}`);
    }
    const pkcs8 = Buffer.concat([PKCS8, bytes.subarray(0, SEED_LENGTH)]);
    const key = (0,external_node_crypto_.createPrivateKey)({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const { x } = (0,external_node_crypto_.createPublicKey)(key).export({ format: 'jwk' });
    if (x === undefined || !Buffer.from(x, 'base64url').equals(bytes.subarray(SEED_LENGTH))) {
        throw invalid('is damaged: its two halves do not belong together');
    }
    return { name, text: `${name}:${base64}`, key };
}
/** What is signed of a path (`ValidPathInfo::fingerprint`). */
function fingerprint({ path, narHash, narSize, references }) {
    const hash = nix32(Buffer.from(narHash, 'hex'));
    // As Nix's sets are: by the part after the store's folder, byte by byte.
    const sorted = [...references].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `1;${path};sha256:${hash};${narSize};${sorted.join(',')}`;
}
/** The path with this key's signature beside those that it has. */
function signed(info, { name, key }) {
    const signature = `${name}:${sign(null, Buffer.from(fingerprint(info)), key).toString('base64')}`;
    return { ...info, signatures: [...new Set([...info.signatures, signature])] };
}
function invalid(what) {
    return new domain_errors/* ActionError */.lZ('key-invalid', `signing-key: ${what}`, {
        hint: `Give all that \`nix key generate-secret --key-name …\` prints: one line, the name, a colon, and the key. It signs paths of ${STORE_DIR}.`,
    });
}

;// CONCATENATED MODULE: ./action/push.js




/** Binary caches that Nix writes to. */
const BINARY_CACHE = /^(?:s3|https?|file):\/\//;
/** Of the inputs `push-to`, `signing-key` and `push-required`; undefined where nothing is to be pushed. */
function readPush(reader, { cloud }) {
    const lines = reader.lines('push-to').filter((line) => !line.startsWith('#'));
    const text = reader.text('signing-key').trim();
    const isRequired = reader.boolean('push-required') ?? true;
    const signingKey = text === '' ? undefined : reader.parse('signing-key', () => parseSigningKey(text));
    if (lines.length === 0) {
        if (text !== '') {
            reader.complain('signing-key', 'is for nothing', 'It signs what goes to `push-to`.');
        }
        return undefined;
    }
    const stores = lines.flatMap((line) => readStore(reader, line, text !== '') ?? []);
    return { stores, signingKey, isRequired, env: cloud };
}
function readStore(reader, line, isSigned) {
    const [uri = '', ...globs] = line.split(/\s+/);
    const selection = selectionOf(globs);
    if (uri.startsWith('ssh-ng://')) {
        const parsed = reader.parse('push-to', () => parseStoreUri(uri, 'push-to'));
        if (!parsed)
            return undefined;
        return { label: formatStoreUri(parsed), selection, way: { kind: 'daemon', uri: parsed } };
    }
    const label = (0,ssh_uri/* withoutLogins */.$b)(uri);
    if (!BINARY_CACHE.test(uri)) {
        const allowed = 'Allowed: s3://, https://, http://, file:// and ssh-ng://, then globs of attributes.';
        reader.complain('push-to', `'${label}' is no store that can be pushed to`, allowed);
        return undefined;
    }
    if (isSigned && /[?&]secret-key(?:s|-files)?=/.test(uri)) {
        const hint = 'Take the parameter away, or leave signing-key empty.';
        reader.complain('push-to', `'${label}' names a secret key beside signing-key`, hint);
    }
    return { label, selection, way: { kind: 'binary-cache', uri } };
}
function selectionOf(globs) {
    if (globs.length === 0)
        return { kind: 'all' };
    const matchers = globs.map((text) => ({ text, matches: picomatch(text, { dot: true }) }));
    return { kind: 'matching', globs: matchers };
}

;// CONCATENATED MODULE: ./action/retain.js
const SECONDS = { m: 60, h: 3600, d: 86_400, w: 604_800 };
/** Seconds that outputs are kept where they were built; undefined: only while the step runs. */
function readRetain(reader) {
    const text = reader.text('retain');
    if (text === '')
        return undefined;
    const [, count = '', unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
    const seconds = Number(count) * (SECONDS[unit] ?? 0);
    if (seconds > 0)
        return seconds;
    reader.complain('retain', `'${text}' is no duration`, 'Write for example 7d, 12h, 30m or 2w.');
    return undefined;
}

;// CONCATENATED MODULE: ./action/rebuild.js
/**
 * Where what is to be built again is built: Nix gives no rebuild to its builders (it checks on the machine itself,
 * https://github.com/NixOS/nix/issues/2299), so on `auto` it is the stores.
 */
function destinationToRebuild(reader, destination, rebuild) {
    if (!rebuild || !destination)
        return destination;
    if (destination.mode === 'auto')
        return { mode: 'remote-store', stores: destination.stores };
    if (destination.mode === 'builders') {
        const hint = 'Name the machines in `store`, or leave rebuild out.';
        reader.complain('rebuild', 'is for stores: Nix has its builders build nothing again', hint);
    }
    return destination;
}
/** What `keep-failed` adds to the settings of builds: with `rebuild`, what came out otherwise is kept to be compared. */
function keepFailedSetting(reader, rebuild) {
    const keepFailed = reader.boolean('keep-failed') ?? (rebuild || undefined);
    return keepFailed === undefined ? [] : [['keep-failed', String(keepFailed)]];
}

;// CONCATENATED MODULE: ./nix/install/release-hashes.js
/**
 * SHA-256 of release tarballs by their names, lower-case hexadecimal. Written by scripts/pin-nix-releases.ts, which the workflow
 * pin-nix-releases runs and offers as a pull request; never by hand. A release that is not here is checked against the `.sha256` beside it.
 */
const release_hashes_RELEASE_HASHES = {};

;// CONCATENATED MODULE: ./nix/install/release.js


/**
 * What is installed where nobody asks for a version. Pinned: what a job installs must not change by itself, nor wait for a look-up. This
 * one is the newest that all tests here run on. From 2.34 on Nix unpacks what it fetches on all cores, and `nix copy --from ssh-ng://`,
 * which later steps may use, keeps its connection (NixOS/nix#14998).
 */
const release_DEFAULT_NIX_VERSION = '2.34.8';
const RELEASES = 'https://releases.nixos.org/nix';
const ARCHIVE = '.tar.xz';
/**
 * Parses a version.
 * @throws ActionError `input-invalid` for what is no release from 2.8.0 on
 */
function parseReleaseVersion(text) {
    const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text) ?? [];
    if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 8))
        return text;
    throw new domain_errors/* ActionError */.lZ('input-invalid', `'${text}' is not valid`, {
        hint: `Allowed: a release of Nix from 2.8.0 on, as three numbers, for example ${release_DEFAULT_NIX_VERSION}.`,
    });
}
/**
 * Parses where a release comes from: the URL of a tarball, with its SHA-256 after `#sha256=` if it is known, or of a folder of releases.
 * @throws ActionError `input-invalid`
 */
function parseInstallSource(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !['https:', 'http:', 'file:'].includes(url.protocol)) {
        throw invalidSource(`'${text}' is not valid`);
    }
    if (url.username !== '' || url.password !== '') {
        throw invalidSource('holds a login, which logs would show');
    }
    const [, sha256] = /^#sha256=([\da-f]{64})$/i.exec(url.hash) ?? [];
    const isTarball = url.pathname.endsWith(ARCHIVE);
    if (url.hash !== '' && (sha256 === undefined || !isTarball)) {
        throw invalidSource(`'${url.hash}' is not valid`);
    }
    url.hash = '';
    if (isTarball)
        return { kind: 'tarball', url: url.href, sha256: sha256?.toLowerCase() };
    if (/\.(?:tar|tgz|txz|zip)\b/.test(url.pathname)) {
        throw invalidSource(`'${text}' is an archive of another kind`);
    }
    return { kind: 'base', url: url.href.replace(/\/+$/, '') };
}
function invalidSource(message) {
    return new domain_errors/* ActionError */.lZ('input-invalid', message, {
        hint: `Allowed: an https, http or file URL of a release's ${ARCHIVE}, with #sha256=… (64 hexadecimal digits) if you like, ` +
            `or of a folder laid out like ${RELEASES}.`,
    });
}
/**
 * The version that a tarball is of, by its name; undefined if that says none.
 * @throws ActionError `input-invalid` for the tarball of another system
 */
function versionOfTarball(url, system) {
    const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
    const [, version, other] = /^nix-(\d+\.\d+\.\d+)-(\w+-\w+)\.tar\.xz$/.exec(file) ?? [];
    if (other === undefined || other === system)
        return version;
    throw new domain_errors/* ActionError */.lZ('input-invalid', `${file} is for ${other}, and this runner is ${system}`, {
        hint: 'Name the folder that both are in, or the tarball for this system.',
    });
}
/** The systems whose releases are installed. */
const release_INSTALLABLE = (/* unused pure expression or super */ null && (['x86_64-linux', 'aarch64-linux']));
/** The release of a version from a source; without one, from Nix's own place. */
function release_releaseOf(version, system, source) {
    const name = `nix-${version}-${system}`;
    const known = { version, system, name };
    if (source?.kind === 'tarball') {
        return { ...known, url: source.url, sha256: source.sha256, isOfficial: false };
    }
    const url = `${source?.url ?? RELEASES}/nix-${version}/${name}${ARCHIVE}`;
    return { ...known, url, sha256: RELEASE_HASHES[name], isOfficial: source === undefined };
}
/** Where the SHA-256 of a tarball is told: beside it. */
function hashUrl(url) {
    const beside = new URL(url);
    beside.pathname += '.sha256';
    return beside.href;
}
/** A URL without what may be a secret: signed URLs have their signature in the query. */
function shownUrl(url) {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
}

;// CONCATENATED MODULE: ./nix/install/plan.js


const INSTALL_POLICIES = ['auto', 'never', 'always'];
/**
 * Decides what is done for Nix to be there.
 * @param version of `present`, which matters where a version is wanted
 * @throws ActionError `nix-missing` where Nix is not there as it is wanted, and is not installed
 */
function planNix(wanted, present, system) {
    const { policy, version, source } = wanted;
    const serves = present && (version === undefined || version === present.version);
    if (serves && policy !== 'always')
        return { kind: 'use', present };
    if (policy === 'never') {
        if (!present)
            return { kind: 'none' };
        throw new ActionError('nix-missing', `${present.folder} has Nix ${present.version ?? ''}, nix-version asks for ${version ?? ''}, and install-nix is never`, { hint: 'Leave out nix-version or install-nix, or install that version in an earlier step.' });
    }
    if (INSTALLABLE.includes(system)) {
        return { kind: 'install', release: releaseOf(version ?? DEFAULT_NIX_VERSION, system, source) };
    }
    throw notInstallable(system, present === undefined);
}
function notInstallable(system, isMissing) {
    const what = isMissing ? 'There is no Nix on this runner' : 'Another Nix is asked for';
    const isMac = system.endsWith('-darwin');
    return new ActionError('nix-missing', `${what}, and this action does not install it ${isMac ? 'on macOS' : `for ${system}`}`, {
        hint: isMac
            ? 'Put an installer before this step: `uses: cachix/install-nix-action@v31`, or `uses: DeterminateSystems/determinate-nix-action@v3`.'
            : `It does for ${INSTALLABLE.join(' and ')}: install Nix in an earlier step.`,
    });
}

;// CONCATENATED MODULE: ./action/nix-wanted.js


/** Which Nix the runner is to have, of the inputs `install-nix`, `nix-version` and `nix-install-url`. */
function readNixWanted(reader, system) {
    const policy = reader.choice('install-nix', INSTALL_POLICIES);
    const text = reader.text('nix-version');
    const asked = text === '' ? undefined : reader.parse('nix-version', () => parseReleaseVersion(text));
    const source = readSource(reader);
    if (source && policy === 'never') {
        const hint = 'Leave one of the two out.';
        reader.complain('nix-install-url', 'means nothing with install-nix: never', hint);
    }
    const version = source?.kind === 'tarball' ? ofTarball(reader, source, asked, system) : asked;
    return { policy, version, source };
}
function readSource(reader) {
    const text = reader.text('nix-install-url');
    if (text === '')
        return undefined;
    return reader.parse('nix-install-url', () => parseInstallSource(text));
}
function ofTarball(reader, { url }, asked, system) {
    const named = reader.parse('nix-install-url', () => versionOfTarball(url, system));
    if (named === undefined && asked === undefined) {
        const hint = 'Set nix-version, or keep the name nix-VERSION-SYSTEM.tar.xz.';
        reader.complain('nix-install-url', 'does not say of which version that tarball is', hint);
    }
    if (named !== undefined && asked !== undefined && named !== asked) {
        const hint = 'Leave nix-version out, or name another tarball.';
        reader.complain('nix-version', `is ${asked}, and nix-install-url is of ${named}`, hint);
    }
    return asked ?? named;
}

;// CONCATENATED MODULE: ./action/inputs.js















/** What only evaluating here, and the outputs of what was evaluated, could make something of: with its default. */
const OF_INSTALLABLES = new Map([
    ['eval-args', ''],
    ['system', ''],
    ['working-directory', '.'],
    ['copy-outputs', 'false'],
    ['out-link', 'result'],
    ['rebuild', 'false'],
    ['push-to', ''],
    ['retain', ''],
    ['signing-key', ''],
]);
/**
 * Reads every input.
 * @throws ActionError naming every input that is wrong, and what is allowed there.
 */
function readInputs(read, place) {
    const reader = new InputReader(read);
    const source = inputs_readSource(reader);
    const isSetUp = reader.lines('installables').length === 0 && source.kind === 'flake';
    const rebuild = reader.boolean('rebuild') ?? false;
    const named = readDestination(reader, place);
    const destination = destinationToRebuild(reader, named, rebuild);
    const common = {
        nixWanted: readNixWanted(reader, place.runnerSystem),
        hostChecks: readHostChecks(reader, destination),
        copyInputs: reader.choice('copy-inputs', ['auto', 'never']),
        options: readOptions(reader, rebuild),
        nixConf: readGivenConf(reader, place),
        writeSummary: reader.boolean('summary') ?? true,
        preflight: reader.boolean('preflight') ?? false,
        mayKeep: reader.boolean('cache') ?? true,
        fallback: reader.choice('fallback', FALLBACKS),
    };
    if (isSetUp) {
        refuseWithoutInstallables(reader);
        const remote = forLaterSteps(reader, destination);
        return { task: 'set-up', ...complete(reader, remote, common, {}) };
    }
    const wanted = readWanted(reader, source, place.workspace);
    return {
        task: 'build',
        ...complete(reader, destination, common, {
            ...wanted,
            rebuild,
            push: readPush(reader, place),
            retain: readRetain(reader),
        }),
    };
}
/** What is to be built is not known then: on `auto`, remotes that can be stores are, so that no input passes the runner. */
function forLaterSteps(reader, destination) {
    if (destination?.mode === 'local')
        return undefined;
    if (destination?.mode !== 'auto')
        return destination;
    const { machines, stores } = destination;
    const old = machines.find((machine) => !(0,domain_machine/* storeOfMachine */.kh)(machine));
    if (old) {
        const what = `is 'auto', and ${(0,domain_machine/* machineName */.Fm)(old)} can be a builder only, the others stores as well`;
        const hint = 'Set mode: remote-store for later steps to build in the stores, or mode: builders to build on all of them.';
        reader.complain('mode', what, hint);
    }
    return { mode: 'remote-store', stores };
}
/** Whoever gives one of these meant to build something here: an expression that came out empty must not pass as a build. */
function refuseWithoutInstallables(reader) {
    for (const [name, byDefault] of OF_INSTALLABLES) {
        const text = reader.text(name);
        if (text === '' || text === byDefault)
            continue;
        const hint = 'With `installables` empty, this step only sets up remote builds for later steps: name what to build, or leave this input out.';
        reader.complain(name, 'means nothing without installables', hint);
    }
    if (reader.text('mode') === 'local') {
        const hint = 'Nix in later steps builds locally by itself: leave this step out, or name what to build.';
        reader.complain('mode', "'local' sets up nothing, and there are no installables", hint);
    }
}
/** What is to be built, from where, and what becomes of it here. */
function readWanted(reader, source, workspace) {
    const lines = reader.lines('installables');
    const installables = (lines.length === 0 ? ['.'] : lines).map((text) => reader.parse('installables', () => parseInstallable(text, source.kind === 'flake' ? 'flake' : 'attributes')));
    const system = reader.text('system');
    return {
        source,
        installables: installables.filter((installable) => installable !== undefined),
        evalArgs: reader.lines('eval-args').flatMap((line) => parseArgsStringToArgv(line)),
        system: system === '' ? undefined : reader.parse('system', () => (0,domain_system/* parseSystem */.V)(system)),
        workingDirectory: external_node_path_.resolve(workspace, reader.text('working-directory')),
        copy: readCopySelection(reader),
        outLink: reader.text('out-link'),
    };
}
/**
 * After {@link InputReader.finish} there is a destination; this tells the compiler.
 * @throws ActionError of {@link InputReader.finish}
 */
function complete(reader, destination, { nixWanted, hostChecks, fallback, writeSummary, preflight, mayKeep, ...request }, rest) {
    reader.finish();
    if (!destination)
        throw new TypeError('an input was accepted without a value');
    return {
        request: { destination, ...request, ...rest },
        ...{ nixWanted, hostChecks, fallback, writeSummary, preflight, mayKeep },
    };
}
function inputs_readSource(reader) {
    const file = reader.text('file');
    const expr = reader.text('expr');
    if (file !== '' && expr !== '') {
        reader.complain('expr', 'is given together with file', 'Give one of file and expr.');
    }
    if (file !== '')
        return { kind: 'file', file };
    if (expr !== '')
        return { kind: 'expr', expr };
    return { kind: 'flake' };
}
function readCopySelection(reader) {
    const lines = reader.lines('copy-outputs');
    const [only] = lines;
    if (only === undefined)
        return { kind: 'none' };
    if (lines.length === 1 && /^(true|false|yes|no|on|off|[01])$/i.test(only)) {
        return { kind: reader.boolean('copy-outputs') === true ? 'all' : 'none' };
    }
    const globs = lines.map((text) => ({ text, matches: picomatch(text, { dot: true }) }));
    return { kind: 'matching', globs };
}
function readOptions(reader, rebuild) {
    return {
        keepGoing: reader.boolean('keep-going'),
        maxJobs: reader.count('max-jobs', 'jobs'),
        cores: reader.count('cores', 'cores'),
        timeout: reader.count('timeout', 'seconds'),
        maxSilentTime: reader.count('max-silent-time', 'seconds'),
        settings: new Map([...reader.settings('build-options'), ...keepFailedSetting(reader, rebuild)]),
    };
}

;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: ./action/place.js




/** The folder that relative paths of inputs are in. */
function workspace() {
    return process.env['GITHUB_WORKSPACE'] ?? process.cwd();
}
/** The folder for the job's own files. */
function temporary() {
    return process.env['RUNNER_TEMP'] ?? os.tmpdir();
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
        return external_node_os_namespaceObject.userInfo().username;
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
    const system = (0,domain_system/* systemOfMachine */.eL)(arch, platform);
    if (system)
        return system;
    const name = platform === 'win32' ? 'Windows' : platform;
    throw new domain_errors/* ActionError */.lZ('input-invalid', `Nix does not run on ${name} (${arch})`, {
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
    const reading = builders === '' ? undefined : await Promise.all(/* import() */[__nccwpck_require__.e(637), __nccwpck_require__.e(77)]).then(__nccwpck_require__.bind(__nccwpck_require__, 5077));
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
    const here = external_node_path_.dirname(process.argv[1] ?? '');
    return { node: process.execPath, script: external_node_path_.resolve(here, '../pipe/index.js') };
}
/** Seconds. */
function clock() {
    return performance.now() / 1000;
}

;// CONCATENATED MODULE: ./action/secrets.js
/** Inputs that are secrets, or may hold one. */
const SECRET_INPUTS = (/* unused pure expression or super */ null && ([
    'ssh-key',
    'ssh-key-passphrase',
    'signing-key',
    'github-token',
    'extra-nix-config',
]));
/**
 * Reads the secret inputs and removes them from the environment, so that nothing started from now on can inherit them.
 * To be called before anything else.
 */
function takeSecrets(env) {
    return secretsOf((input) => {
        const name = `INPUT_${input.toUpperCase()}`;
        const value = env[name] ?? '';
        Reflect.deleteProperty(env, name);
        return value;
    });
}
/** The secrets among inputs that came another way. */
function secretsOf(read) {
    return {
        'ssh-key': read('ssh-key'),
        'ssh-key-passphrase': read('ssh-key-passphrase'),
        'signing-key': read('signing-key'),
        'github-token': read('github-token'),
        'extra-nix-config': read('extra-nix-config'),
    };
}
function isSecretInput(name) {
    return SECRET_INPUTS.some((secret) => secret === name);
}

;// CONCATENATED MODULE: ./build/endpoints.js

/** Where a destination logs in. */
function endpointsOf(destination) {
    switch (destination.mode) {
        case 'remote-store':
            return destination.stores.map(domain_machine/* machineOfStore */.sr);
        case 'builders':
        case 'auto':
            return destination.machines;
        case 'local':
            return [];
    }
}
/**
 * Makes sure that there is something to log in with everywhere.
 * @throws ActionError `credentials-missing`, and those of ssh/private-key.ts
 */
async function requireCredentials(destination, { loginFor }) {
    await Promise.all(endpointsOf(destination).map(loginFor));
}

;// CONCATENATED MODULE: ./domain/outcome.js
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
function outcome_isOutcomeStatus(text) {
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
    if (isOutcomeStatus(text))
        return text;
    throw new TypeError(`'${text}' is not a status`);
}

;// CONCATENATED MODULE: ./domain/aborted.js

/** Rejects with the signal's reason once it fires: for a race with what does not listen to it. */
function aborted(signal) {
    return new Promise((_, reject) => {
        const stop = () => reject((0,domain_errors/* toError */.iT)(signal.reason));
        if (signal.aborted)
            stop();
        else
            signal.addEventListener('abort', stop, { once: true });
    });
}

;// CONCATENATED MODULE: ./domain/offload-socket.js
/** File name of every offload socket: by it a step knows that a socket of the environment is one of ours. */
const OFFLOAD_SOCKET_NAME = 'nix-remote-build.sock';
/** Whether a path of a daemon's socket is that of an offload socket. */
function isOffloadSocket(path) {
    return path.slice(path.lastIndexOf('/') + 1) === OFFLOAD_SOCKET_NAME;
}

;// CONCATENATED MODULE: ./nix/environment.js

/*
 * What a child of ours may see of the environment. An impure evaluation reads any variable with builtins.getEnv, and so
 * does whatever git, ssh or a builder starts; so nothing is handed on that is not named here: no INPUT_*, no
 * ACTIONS_*, no GITHUB_TOKEN, no cloud credentials. Nor NIX_REMOTE: which store is used is ours to say.
 *
 * NIX_CONFIG and GIT_CONFIG_VALUE_* may hold access tokens, and have to pass: private flake inputs are fetched with them.
 */
const ALLOWED_NAMES = new Set([
    // any program needs these
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'LOCALE_ARCHIVE'],
    ...['TMPDIR', 'TMP', 'TEMP'],
    // downloads: certificates and proxies
    ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'],
    ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
    // private flake inputs over SSH, and what the user told git about them; not GIT_DIR and such, which would mislead Nix
    ...['SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'],
    'GIT_CONFIG_COUNT',
    // facts about the run that impure evaluations stamp into versions; none of them a secret
    ...[
        'CI',
        'GITHUB_ACTIONS',
        'GITHUB_SERVER_URL',
        'GITHUB_REPOSITORY',
        'GITHUB_SHA',
        'GITHUB_REF',
        'GITHUB_REF_NAME',
    ],
    ...['GITHUB_REF_TYPE', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_WORKSPACE'],
    // what Nix reads, by name: job-wide secrets are often called NIX_SIGNING_KEY and the like
    ...['NIX_CONFIG', 'NIX_CONF_DIR', 'NIX_USER_CONF_FILES', 'NIX_PATH', 'NIX_SSHOPTS'],
    ...['NIX_STORE_DIR', 'NIX_STATE_DIR', 'NIX_LOG_DIR', 'NIX_DATA_DIR'],
    ...['NIX_LOCALSTATE_DIR', 'NIX_BIN_DIR', 'NIX_LIBEXEC_DIR', 'NIX_CONFIG_HOME', 'NIX_CACHE_HOME'],
    ...['NIX_DATA_HOME', 'NIX_STATE_HOME', 'NIX_REMOTE_SYSTEMS', 'NIX_CURRENT_LOAD', 'NIX_PROFILES'],
    ...['NIX_IGNORE_SYMLINK_STORE', 'NIX_SSL_CERT_FILE', 'NIX_SHOW_STATS', 'NIX_ABORT_ON_WARN'],
    'NIXPKGS_CONFIG',
]);
const ALLOWED_PREFIXES = [
    'LC_',
    // where Nix and git keep configuration and caches
    'XDG_',
    'GIT_CONFIG_KEY_',
    'GIT_CONFIG_VALUE_',
    // NIXPKGS_ALLOW_UNFREE=1 with --impure is how nixpkgs is told
    'NIXPKGS_ALLOW_',
];
/**
 * Where the local daemon listens if that is not Nix's own place, once NIX_DAEMON_SOCKET_PATH names an offload socket: set-up moves it
 * here.
 */
const LOCAL_DAEMON_VARIABLE = 'NIX_REMOTE_BUILD_LOCAL_DAEMON';
/** The variables of `env` that child processes get; `env` itself is not changed. */
function childEnvironment(env) {
    const allowed = Object.entries(env).filter((entry) => entry[1] !== undefined && isAllowed(entry[0]));
    return { ...Object.fromEntries(allowed), ...localDaemon(env) };
}
function isAllowed(name) {
    return ALLOWED_NAMES.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
/** Never an offload socket: who goes through one on that socket's behalf would wait for himself. */
function localDaemon(env) {
    const path = env['NIX_DAEMON_SOCKET_PATH'] ?? '';
    const local = isOffloadSocket(path) ? (env[LOCAL_DAEMON_VARIABLE] ?? '') : path;
    return local === '' ? {} : { NIX_DAEMON_SOCKET_PATH: local };
}
/** Where the environment of a child says that the local daemon listens, if it is not Nix's own place. */
function daemonSocketPath(env) {
    return env['NIX_DAEMON_SOCKET_PATH'];
}
/** `env` with one more git setting, beside those that are set this way already (git-config(1), GIT_CONFIG_COUNT). */
function withGitConfig(env, key, value) {
    const present = Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10);
    const count = Number.isNaN(present) ? 0 : present;
    return {
        ...env,
        GIT_CONFIG_COUNT: String(count + 1),
        [`GIT_CONFIG_KEY_${count}`]: key,
        [`GIT_CONFIG_VALUE_${count}`]: value,
    };
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
        const server = (0,external_node_net_namespaceObject.createServer)({ allowHalfOpen: true });
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

;// CONCATENATED MODULE: ./nix/load-locks.js


/**
 * Removes the files by which Nix counts the builds on each machine. It names them after a machine's URI, in which there is a folder that is
 * another in each job, and never removes them (build-remote.cc, `openSlotLock`). A root daemon's are root's; then they stay.
 * @param folder an absolute path; the machines that were reached through launchers in it are those that no longer exist
 * @param stateDirectory Nix's
 */
async function removeLoadLocks(folder, stateDirectory = '/nix/var/nix') {
    const directory = external_node_path_.join(stateDirectory, 'current-load');
    const part = `${folder.replaceAll('/', '_')}_`;
    const names = await (0,external_node_fs_promises_namespaceObject.readdir)(directory).catch(() => []);
    const ours = names.filter((name) => name.includes(part));
    await Promise.allSettled(ours.map((name) => (0,external_node_fs_promises_namespaceObject.rm)(external_node_path_.join(directory, name))));
}

;// CONCATENATED MODULE: external "node:events"
const external_node_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");
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
        throw new domain_errors/* ActionError */.lZ('internal', `the socket of ${what} has a path longer than ${private_socket_MAX_SOCKET_PATH} bytes: ${path}`, { hint: 'Set RUNNER_TEMP or TMPDIR to a folder with a shorter path.' });
    }
    const listening = (0,external_node_events_namespaceObject.once)(server, 'listening');
    server.listen(path);
    try {
        // Not by the umask, which is that of the whole process: folders that are made at the same moment would be closed to their owner.
        if ((0,external_node_fs_namespaceObject.existsSync)(path))
            (0,external_node_fs_namespaceObject.chmodSync)(path, 0o600); // it is there when listen() returns, unless that failed
        await listening;
    }
    catch (thrown) {
        const cause = (0,domain_errors/* toError */.iT)(thrown);
        const message = `the socket of ${what} cannot be made: ${cause.message}`;
        throw new domain_errors/* ActionError */.lZ('internal', message, { cause });
    }
}

;// CONCATENATED MODULE: ./offload/folder.js





function offloadFolder(folder) {
    return {
        path: folder,
        socket: external_node_path_.join(folder, OFFLOAD_SOCKET_NAME),
        control: external_node_path_.join(folder, 'control.sock'),
        log: external_node_path_.join(folder, 'offload.log'),
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
    await (0,external_node_fs_promises_namespaceObject.rm)(path, { recursive: true, force: true });
}

;// CONCATENATED MODULE: ./service/job-watch.js


/** Milliseconds between looks. */
const INTERVAL = 2000;
/**
 * The process that started this one: GitHub's runner. In a job container that is nobody (0 or 1): there the container's end is ours.
 */
async function jobProcess() {
    const pid = process.ppid;
    if (pid <= 1)
        return undefined;
    return { pid, startTime: (await startTimeOf(pid)) ?? '' };
}
/** Resolves with the reason once the job's process is gone, or the folder that post removes. */
async function jobGone(job, folder, signal) {
    for (;;) {
        await (0,promises_namespaceObject.setTimeout)(INTERVAL, undefined, { signal, ref: false });
        if (job && !(await isRunning(job)))
            return 'the process that runs the job is gone';
        if (!(await exists(folder)))
            return 'its folder is gone';
    }
}
async function isRunning({ pid, startTime }) {
    if (startTime !== '')
        return (await startTimeOf(pid)) === startTime;
    try {
        return process.kill(pid, 0);
    }
    catch (error) {
        // It is there, and another user's.
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}
/** Clock ticks since boot; undefined when there is no such process, a zombie included, or no /proc. */
async function startTimeOf(pid) {
    const stat = await (0,external_node_fs_promises_namespaceObject.readFile)(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The second field is the program's name in brackets, which may hold anything (proc_pid_stat(5)); the state follows.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
}
async function exists(file) {
    return (0,external_node_fs_promises_namespaceObject.access)(file).then(() => true, () => false);
}

;// CONCATENATED MODULE: ./domain/json.js
/** Reads a field of JSON that another process wrote; each throws TypeError naming what is not as it should be. */
function json_record(value, name) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return value;
    }
    throw wrong(name, 'an object');
}
function json_list(value, name) {
    if (Array.isArray(value))
        return value;
    throw wrong(name, 'a list');
}
function json_string(value, name) {
    if (typeof value === 'string')
        return value;
    throw wrong(name, 'a string');
}
function json_number(value, name) {
    if (typeof value === 'number')
        return value;
    throw wrong(name, 'a number');
}
function wrong(name, expected) {
    return new TypeError(`${name} is not ${expected}`);
}

;// CONCATENATED MODULE: ./service/messages.js


/** @throws TypeError for what is not JSON of an {@link Assignment}; no part of it is in the message */
function parseAssignment(json) {
    const { inputs, workspace, folder, job } = json_record(parseSecretly(json), 'assignment');
    return {
        inputs: texts(inputs, 'inputs'),
        workspace: json_string(workspace, 'workspace'),
        folder: json_string(folder, 'folder'),
        job: job === undefined ? undefined : parseJob(job),
    };
}
function texts(value, name) {
    const entries = Object.entries(json_record(value, name));
    return Object.fromEntries(entries.map(([key, text]) => [key, json_string(text, key)]));
}
/** Like JSON.parse, whose error quotes what it was given. */
function parseSecretly(json) {
    try {
        return JSON.parse(json);
    }
    catch {
        throw new TypeError('the assignment is not whole');
    }
}
function parseJob(value) {
    const { pid, startTime } = json_record(value, 'job');
    return { pid: json_number(pid, 'pid'), startTime: json_string(startTime, 'startTime') };
}
/** @throws Error for what is not JSON of a {@link SetUpAnswer} */
function parseSetUpAnswer(json) {
    const answer = record(JSON.parse(json), 'answer');
    if (answer['kind'] === 'ready') {
        return {
            kind: 'ready',
            remote: string(answer['remote'], 'remote'),
            detail: string(answer['detail'], 'detail'),
            warnings: list(answer['warnings'], 'warnings').map((text) => string(text, 'warnings')),
            exports: texts(answer['exports'], 'exports'),
        };
    }
    return { kind: 'failed', ...parseFailure(answer) };
}
function parseFailure({ code, message, hint }) {
    const word = string(code, 'code');
    return {
        code: isErrorCode(word) ? word : 'internal',
        message: string(message, 'message'),
        hint: hint === undefined ? undefined : string(hint, 'hint'),
    };
}

;// CONCATENATED MODULE: ./domain/machines-print.js



/**
 * Writes Nix's machines format, one machine a line, all eight fields: what every Nix from 2.4 on and every Lix reads.
 * @throws ActionError `machines-invalid` for a machine that this Nix cannot be told of: a port below 2.31
 */
function printMachines(machines, release) {
    const speeds = printSpeedFactors(machines, release);
    return machines
        .map(({ machine, uri }, index) => {
        const fields = [
            uri ?? printMachineUri(machine, release),
            printList(machine.systems),
            isField(machine.sshKey) ? machine.sshKey : '-',
            String(machine.maxJobs),
            speeds[index] ?? '1',
            printList(machine.supportedFeatures),
            printList(machine.mandatoryFeatures),
            machine.publicHostKey ?? '-',
        ];
        return `${fields.join(' ')}\n`;
    })
        .join('');
}
/** The greatest of Nix's `unsigned int`. */
const MOST = 0xffff_ffff;
/** `-` is what Nix takes for a field that is not given. */
function printList(items) {
    return items.length === 0 ? '-' : items.join(',');
}
/** Nothing is decoded in a field, so that a path with a blank or `;` has to be a parameter of the URI. */
function isField(text) {
    return text !== undefined && /^[^\s;#]+$/.test(text) && text !== '-';
}
/**
 * Below 2.20, and in Lix that split off there, a speed factor is a whole number. Only the ratios count: where one has a fraction, all are
 * written as multiples of the slowest.
 */
function printSpeedFactors(machines, release) {
    const factors = machines.map(({ machine }) => machine.speedFactor);
    const readsFractions = release.vendor !== 'lix' && isAtLeast(release, 20);
    if (readsFractions || factors.every((factor) => Number.isInteger(factor) && factor <= MOST)) {
        return factors.map(String);
    }
    const slowest = Math.min(...factors);
    return factors.map((factor) => String(Math.min(Math.round(factor / slowest), MOST)));
}
/** With every parameter that the fields have no room for. */
function printMachineUri(machine, release) {
    const { compress, remoteProgram, remoteStore, sshKey } = machine;
    const parameters = [
        ['ssh-key', isField(sshKey) ? undefined : sshKey],
        ['compress', compress ? 'true' : undefined],
        ['remote-program', remoteProgram.length === 0 ? undefined : remoteProgram.join(' ')],
        ['remote-store', remoteStore],
        ['port', release.vendor === 'lix' ? printPort(machine) : undefined],
    ];
    const query = parameters.flatMap(([name, value]) => value === undefined ? [] : [`${name}=${encode(value)}`]);
    const uri = `${machine.protocol}://${printAuthority(machine, release)}`;
    return query.length === 0 ? uri : `${uri}?${query.join('&')}`;
}
/** From 2.31 on Nix decodes it and knows ports (url.cc, `ParsedURL::Authority::parse`); before, and in Lix, `ssh` is given it as it is. */
function printAuthority(machine, release) {
    const decodes = release.vendor !== 'lix' && isAtLeast(release, 31);
    const { user = '', host } = machine;
    const port = release.vendor === 'lix' ? undefined : printPort(machine);
    if (!decodes && port !== undefined) {
        throw cannotTell(machine, release, `the port ${port}`);
    }
    if (!decodes && !/^[\w.~!$&'()*+,=-]*$/.test(user)) {
        throw cannotTell(machine, release, `the user ${JSON.stringify(user)}`);
    }
    const address = host.includes(':') ? `[${decodes ? host.replace('%', '%25') : host}]` : host;
    const account = user === '' ? '' : `${decodes ? encodeURIComponent(user) : user}@`;
    return `${account}${address}${port === undefined ? '' : `:${port}`}`;
}
function printPort({ port }) {
    return port === ssh_uri/* DEFAULT_PORT */.Wg ? undefined : String(port);
}
/** `/`, `:` and `@` stay: Nix names lock files after the URI, and fails where it is too long (NixOS/nix#7565). */
function encode(text) {
    return encodeURIComponent(text).replace(/%(?:2F|3A|40)/g, decodeURIComponent);
}
function isAtLeast({ major, minor }, wanted) {
    return major > 2 || (major === 2 && minor >= wanted);
}
function cannotTell(machine, { major, minor }, what) {
    return new domain_errors/* ActionError */.lZ('machines-invalid', `${(0,domain_machine/* machineName */.Fm)(machine)}: Nix ${major}.${minor} cannot be told ${what} of a machine`, { hint: 'Use Nix 2.31 or newer, or name the machine in the ssh_config of who runs Nix.' });
}

;// CONCATENATED MODULE: ./tunnel/folder.js



const PREFIX = 'nix-remote-build-';
/** What a tunnel's socket is called at the most, see {@link socketName}. */
const LONGEST_NAME = '.9999';
/**
 * What may stand in a path that Nix is given: it becomes a word of a command line (for bash, below 2.20), a parameter of a URI, and a
 * field of a line of the machines format.
 */
const PLAIN = /^[A-Za-z0-9_./-]+$/;
/**
 * Makes a folder for tunnels, of mode 0700, in `preferred`, or below /tmp where that is too long or holds a character that means
 * something to a shell or in a URI.
 */
async function makeTunnelFolder(preferred) {
    const longest = external_node_path_.join(preferred, `${PREFIX}XXXXXX`, LONGEST_NAME);
    const fits = Buffer.byteLength(longest) <= private_socket_MAX_SOCKET_PATH && PLAIN.test(preferred);
    return (0,external_node_fs_promises_namespaceObject.mkdtemp)(external_node_path_.join(fits ? preferred : '/tmp', PREFIX));
}
async function removeTunnelFolder(folder) {
    await (0,external_node_fs_promises_namespaceObject.rm)(folder, { recursive: true, force: true });
}
/** A file name for the socket of one tunnel of several: short, for the address of a socket holds few bytes. */
function socketName(index) {
    return `.${index}`;
}

;// CONCATENATED MODULE: ./tunnel/names.js
/** Nix makes names of lock files from a machine's URI, which 255 bytes have to hold; a folder takes most of 100. */
const LONGEST = 64;
const LONGEST_USER = 24;
/**
 * File names for tunnels, which Nix shows to people as the end of each machine's URI: the host, and where several machines share that, what
 * tells them apart.
 * @returns one for each, of letters, digits, `.`, `-` and `@`, none beginning with `.`
 */
function tunnelNames(ends) {
    const choices = ends.map(candidates);
    const taken = new Set();
    return choices.map((own, index) => {
        const others = choices.filter((_, other) => other !== index).flat();
        const name = own.find((each) => !others.includes(each) && !taken.has(each));
        const unique = name ?? numbered(own[0] ?? '', taken);
        taken.add(unique);
        return unique;
    });
}
/** From the shortest to the one that says all. Host names, and files on some systems, are the same in capitals. */
function candidates({ host, port, user }) {
    const name = plain(host.toLowerCase());
    const withPort = `${name}-${port}`;
    return [
        name,
        withPort,
        ...(user === undefined ? [] : [`${plain(user).slice(0, LONGEST_USER)}@${withPort}`]),
    ];
}
/**
 * What may stand in a word of a command line (for bash, below 2.20), a parameter of a URI, and a field of a line of the machines format, and
 * is no hidden file.
 */
function plain(text) {
    const kept = text.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, LONGEST);
    return kept.replace(/^\.+/, '') || 'machine';
}
function numbered(name, taken) {
    let number = 2;
    while (taken.has(`${name}-${number}`))
        number += 1;
    return `${name}-${number}`;
}

// EXTERNAL MODULE: ./ssh/handshake-progress.js
var handshake_progress = __nccwpck_require__(8521);
// EXTERNAL MODULE: ./domain/text.js
var domain_text = __nccwpck_require__(3295);
;// CONCATENATED MODULE: ./ssh/channel-request.js


/**
 * Opens a channel. One that opens after the time limit is closed again.
 * @throws ActionError `channel-refused`
 */
function requestChannel(request) {
    const { promise, resolve, reject } = Promise.withResolvers();
    let late = false;
    const timer = setTimeout(() => {
        late = true;
        reject(noAnswer(request));
    }, request.timeoutMs);
    const done = (error, channel) => {
        clearTimeout(timer);
        if (error !== undefined)
            reject(channelRefused(request, error));
        else if (late)
            channel.close();
        else
            resolve(request.accept(channel));
    };
    try {
        request.start(done);
    }
    catch (error) {
        clearTimeout(timer);
        reject(channelRefused(request, error));
    }
    return promise;
}
/** What ssh2 puts before the server's own reason. */
const SSH2_PREFIX = /^\(SSH\) (?:Channel open failure: )?/;
function noAnswer({ what, label, timeoutMs }) {
    return new domain_errors/* ActionError */.lZ('channel-refused', `${label} did not answer the request for ${what} within ${timeoutMs / 1000} s`);
}
function channelRefused({ what, label }, cause) {
    const said = cause instanceof Error ? cause.message.replace(SSH2_PREFIX, '') : String(cause);
    const reason = (0,domain_text/* printable */.g$)(said);
    return new domain_errors/* ActionError */.lZ('channel-refused', `${label} refused ${what}: ${reason}`, {
        hint: 'sshd allows MaxSessions programs on one connection (10), and may forbid forwarding (restrict, AllowStreamLocalForwarding).',
        cause,
    });
}

;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
;// CONCATENATED MODULE: ./ssh/window.js

const MIB = 1024 * 1024;
/** What ssh2 grants a channel by itself (lib/Channel.js, MAX_WINDOW). */
const SSH2_WINDOW = 2 * MIB;
const WIDEST_WINDOW = 32 * MIB;
/** One channel carries at most window / round trip; this is the rate the window is to allow. */
const BYTES_PER_MS = 400_000;
/** The receive window, in bytes, that lets one channel use a link of this round trip. */
function windowFor(roundTripMs) {
    const wanted = Math.ceil((roundTripMs * BYTES_PER_MS) / MIB) * MIB;
    return Math.min(Math.max(wanted, SSH2_WINDOW), WIDEST_WINDOW);
}
/**
 * Grants the far side more than ssh2's fixed 2 MiB in flight. What was received and not consumed counts against
 * the window, so a reader that pauses holds at most one window in memory.
 */
class ReceiveWindow {
    #channel;
    #bytes;
    constructor(channel, bytes) {
        this.#channel = internalsOf(channel);
        this.#bytes = bytes;
    }
    /** @param unconsumed bytes received that nobody has read yet */
    refill(unconsumed) {
        if (this.#bytes <= SSH2_WINDOW)
            return;
        const { incoming, outgoing, _client } = this.#channel;
        const grant = this.#bytes - incoming.window - unconsumed;
        // In few and large steps: each costs a packet.
        if (grant < this.#bytes / 8 || (outgoing.state !== 'open' && outgoing.state !== 'eof'))
            return;
        incoming.window += grant;
        _client._protocol.channelWindowAdjust(outgoing.id, grant);
    }
    /**
     * Grants nothing more, before the channel is closed. ssh2 by itself goes on to, while what was on its way arrives; the far side may have
     * given the channel's number to the next one by then, which would send more than ssh2 has room for, and ssh2 drops that without a word.
     */
    end() {
        this.#channel.incoming.window = Infinity;
    }
}
function internalsOf(channel) {
    if (!hasInternals(channel)) {
        throw new domain_errors/* ActionError */.lZ('internal', 'ssh2 has changed: a channel has no window to widen');
    }
    return channel;
}
function hasInternals(channel) {
    const { incoming, outgoing, _client } = channel;
    return (typeof incoming?.window === 'number' &&
        typeof outgoing?.id === 'number' &&
        typeof outgoing.state === 'string' &&
        typeof _client?._protocol.channelWindowAdjust === 'function');
}

;// CONCATENATED MODULE: ./ssh/write-batches.js
/** Small writes that wait for the same turn leave as packets of up to this size. */
const WRITE_BATCH = 64 * 1024;
/** Joins neighbours as long as the sum stays within one batch; larger chunks stay as they are. */
function writeBatches(chunks) {
    const batches = [];
    let size = WRITE_BATCH;
    for (const chunk of chunks) {
        if (size + chunk.length > WRITE_BATCH) {
            batches.push([chunk]);
            size = chunk.length;
        }
        else {
            batches.at(-1)?.push(chunk);
            size += chunk.length;
        }
    }
    return batches.map((group) => {
        const [only, ...others] = group;
        return only !== undefined && others.length === 0 ? only : Buffer.concat(group);
    });
}

;// CONCATENATED MODULE: ./ssh/channel-stream.js




const READ_AHEAD = 256 * 1024;
/**
 * An ssh2 channel as a stream that keeps Node's rules. ssh2's own `destroy()` half-closes, never fails a write that
 * waits, and shows a lost connection as a clean end, which a reader would take for the end of the data.
 */
class ChannelStream extends external_node_stream_namespaceObject.Duplex {
    #channel;
    #window;
    #channelOpen = true;
    #waitingWrite;
    /** @param windowBytes what may be in flight and unread */
    constructor(channel, windowBytes) {
        super({ allowHalfOpen: false, readableHighWaterMark: READ_AHEAD });
        this.#channel = channel;
        this.#window = new ReceiveWindow(channel, windowBytes);
        // Whoever reads or writes is told of an error; where nobody does, a lost connection must not end the process.
        this.on('error', () => undefined);
        channel.on('data', (chunk) => this.#receive(chunk));
        channel.on('end', () => this.push(null));
        channel.on('close', () => this.#closedByRemote());
        // Where nobody listens (a socket has no standard error) it is dropped, not kept.
        channel.stderr.resume();
        this.#refill();
    }
    /** Ends the stream with the reason why its connection is gone, unless the far side had ended it before. */
    connectionLost(reason) {
        if (!this.#channelOpen)
            return;
        this.#channelOpen = false;
        this.destroy(reason);
    }
    _read() {
        this.#channel.resume();
        this.#refill();
    }
    _write(chunk, _encoding, done) {
        if (!this.#channelOpen) {
            done(closedByRemote());
            return;
        }
        this.#waitingWrite = done;
        this.#channel.write(chunk, () => this.#written());
    }
    _writev(chunks, done) {
        const batches = writeBatches(chunks.map(({ chunk }) => chunk));
        const writeNext = (error) => {
            const next = batches.shift();
            if (error || next === undefined)
                done(error);
            else
                this._write(next, 'utf8', writeNext);
        };
        writeNext();
    }
    _final(done) {
        if (this.#channelOpen)
            this.#channel.end();
        done();
    }
    _destroy(error, done) {
        if (this.#channelOpen) {
            this.#channelOpen = false;
            this.#window.end();
            this.#channel.close();
            // What still arrives is thrown away: ssh2 reports the channel closed only after its last byte was read.
            this.#channel.resume();
        }
        done(error);
    }
    #receive(chunk) {
        if (this.destroyed)
            return;
        if (!this.push(chunk))
            this.#channel.pause();
        this.#refill();
    }
    #refill() {
        if (this.#channelOpen) {
            this.#window.refill(this.readableLength + this.#channel.readableLength);
        }
    }
    #written() {
        const done = this.#waitingWrite;
        this.#waitingWrite = undefined;
        done?.();
    }
    #closedByRemote() {
        this.#channelOpen = false;
        const done = this.#waitingWrite;
        this.#waitingWrite = undefined;
        done?.(closedByRemote());
    }
}
function closedByRemote() {
    return new domain_errors/* ActionError */.lZ('connection-lost', 'the program on the remote side closed the channel');
}

;// CONCATENATED MODULE: ./ssh/diagnostics.js
const KEPT_BYTES = 8 * 1024;
/** Keeps the last 8 KiB of a stream, for error texts. */
class Diagnostics {
    #tail = Buffer.alloc(0);
    constructor(source) {
        source?.on('data', (chunk) => {
            this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-KEPT_BYTES);
        });
    }
    /** What came so far is of no more interest. */
    forget() {
        this.#tail = Buffer.alloc(0);
    }
    /** As UTF-8, without the halves of a character that the cut left at either end. */
    text() {
        let start = 0;
        // At most three continuation bytes can have lost their first byte.
        while (start < 3 && ((this.#tail[start] ?? 0) & 0xc0) === 0x80)
            start++;
        return new TextDecoder().decode(this.#tail.subarray(start), { stream: true });
    }
}

;// CONCATENATED MODULE: ./ssh/label.js
/** A connection, for people: `user@host`, with the port unless it is 22. */
function connectionLabel(user, { host, port }) {
    return port === 22 ? `${user}@${host}` : `${user}@${host}:${port}`;
}

;// CONCATENATED MODULE: ./ssh/link-watch.js
/**
 * Calls `onDead` once when nothing has moved for too long. ssh2's own count of unanswered requests is not used: on a
 * slow link an answer may wait for minutes behind data that is arriving well.
 * @returns a function that stops watching
 */
function watchLink(socket, watch, onDead) {
    let received = socket.bytesRead;
    let waiting = socket.writableLength;
    let silent = 0;
    const timer = setInterval(() => {
        const moved = socket.bytesRead !== received || socket.writableLength < waiting;
        received = socket.bytesRead;
        waiting = socket.writableLength;
        silent = moved ? 0 : silent + 1;
        if (silent < watch.silentIntervals)
            return;
        clearInterval(timer);
        onDead();
    }, watch.intervalMs);
    return () => clearInterval(timer);
}

;// CONCATENATED MODULE: ./ssh/shell-quote.js
/** `~` stays bare, so that the remote shell expands a program given as `~/bin/nix-daemon`, as it does for Nix. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./~-]+$/;
/** A command line for the remote user's shell that means exactly these words. */
function quoteCommand(words) {
    return words.map(quoteWord).join(' ');
}
function quoteWord(word) {
    return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

;// CONCATENATED MODULE: ./ssh/live-connection.js









const FAREWELL_MS = 1000;
/** What ssh2 and OpenSSL say of a packet that is not what was sent: length first, then the authentication tag. */
const DAMAGED = /Bad packet length|Invalid MAC|unable to authenticate data/;
/** A connection whose client is authenticated, or about to be: see `onRequestable`. */
class Connection {
    label;
    user;
    closed;
    #socket;
    #client;
    #handshake;
    #timeouts;
    #windowBytes;
    #streams = new Set();
    #settleClosed;
    #stopWatching;
    #gone;
    constructor(socket, handshake, options, timeouts) {
        const { client } = handshake;
        this.label = connectionLabel(options.user, options);
        this.user = options.user;
        this.#windowBytes = options.windowBytes;
        this.#socket = socket;
        this.#client = client;
        this.#handshake = handshake;
        this.#timeouts = timeouts;
        const { promise, resolve } = Promise.withResolvers();
        this.closed = promise;
        this.#settleClosed = resolve;
        const { intervalMs, silentIntervals } = timeouts.keepAlive;
        this.#stopWatching = watchLink(socket, timeouts.keepAlive, () => {
            this.#lose(`nothing moved on it for ${(intervalMs * silentIntervals) / 1000} s`);
        });
        client.on('error', (error) => this.#lose(describe(error), error));
        // ssh2 throws at whoever writes after 'end', and at 'close' ends all channels as if they were complete.
        client.on('end', () => this.#lose('the server closed it'));
        client.on('close', () => this.#lose('the server closed it'));
    }
    get roundTripMs() {
        return this.#handshake.roundTripMs;
    }
    get bytesReceived() {
        return this.#socket.bytesRead;
    }
    get bytesSent() {
        // What waits in this process counts as written, too.
        return this.#socket.bytesWritten - this.#socket.writableLength;
    }
    openSocket(path) {
        return this.#open({
            what: `a channel to the socket ${path}`,
            start: (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
            accept: (channel) => ({ duplex: this.#streamOn(channel), diagnostics: () => '' }),
        });
    }
    exec(command) {
        const line = typeof command === 'string' ? command : quoteCommand(command);
        return this.#open({
            what: `the command ${line}`,
            start: (done) => this.#client.exec(line, done),
            accept: (channel) => {
                const diagnostics = new Diagnostics(channel.stderr);
                return {
                    exit: exitOf(channel, this.closed),
                    stderr: channel.stderr,
                    duplex: this.#streamOn(channel),
                    diagnostics: () => diagnostics.text(),
                };
            },
        });
    }
    close() {
        const reason = `the connection to ${this.label} was closed`;
        if (!this.#end(new domain_errors/* ActionError */.lZ('connection-lost', reason)))
            return;
        this.#settleClosed(undefined);
        this.#client.end();
        // A farewell that cannot be delivered must not keep the process alive.
        setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
    }
    async #open(request) {
        this.#refuseIfGone();
        try {
            return await requestChannel({
                ...request,
                label: this.label,
                timeoutMs: this.#channelTimeout(),
            });
        }
        catch (error) {
            // ssh2 fails the requests that wait when the connection ends, without saying why it ended.
            this.#refuseIfGone();
            throw error;
        }
    }
    /** The answer to what is asked ahead of the authentication comes after it. */
    #channelTimeout() {
        const { authenticationMs, channelMs } = this.#timeouts;
        return this.#handshake.isAuthenticated ? channelMs : authenticationMs + channelMs;
    }
    #refuseIfGone() {
        if (this.#gone !== undefined)
            throw this.#gone;
    }
    #streamOn(channel) {
        const stream = new ChannelStream(channel, this.#windowBytes ?? windowFor(this.roundTripMs));
        this.#streams.add(stream);
        stream.once('close', () => this.#streams.delete(stream));
        return stream;
    }
    #lose(why, cause) {
        const message = `the connection to ${this.label} was lost: ${why}`;
        const reason = new domain_errors/* ActionError */.lZ('connection-lost', message, { cause });
        if (!this.#end(reason))
            return;
        this.#settleClosed(reason);
        this.#socket.destroy();
    }
    /** @returns whether this is the first reason, the one that counts */
    #end(reason) {
        if (this.#gone !== undefined)
            return false;
        this.#gone = reason;
        this.#stopWatching();
        for (const stream of this.#streams)
            stream.connectionLost(reason);
        return true;
    }
}
function exitOf(channel, connectionClosed) {
    const { promise, resolve } = Promise.withResolvers();
    channel.on('close', (code, signal) => resolve({ code: code ?? undefined, signal }));
    void connectionClosed.then(() => resolve({ code: undefined, signal: undefined }));
    return promise;
}
function describe(error) {
    const code = 'code' in error ? error.code : undefined;
    if (code === 'ECONNRESET' || code === 'EPIPE')
        return 'it was reset';
    const said = (0,domain_text/* printable */.g$)(error.message);
    return DAMAGED.test(said) ? `data was damaged on the way (${said})` : said;
}

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: ./ssh/openssh/client-version.js

/** Milliseconds; it takes a few. */
const LIMIT = 5000;
/** Which client there is: of an option that it does not know, one cannot say that it is off. Undefined where it does not tell. */
function clientVersion(env) {
    return new Promise((resolve) => {
        (0,external_node_child_process_namespaceObject.execFile)('ssh', ['-V'], { env, timeout: LIMIT }, (_, stdout, stderr) => {
            const [, major, minor] = /OpenSSH\D*_(\d+)\.(\d+)/.exec(`${stdout}${stderr}`) ?? [];
            resolve(major === undefined ? undefined : { major: Number(major), minor: Number(minor) });
        });
    });
}
function isSince({ major, minor }, [since, at]) {
    return major > since || (major === since && minor >= at);
}

// EXTERNAL MODULE: ./ssh/wire.js
var wire = __nccwpck_require__(1539);
;// CONCATENATED MODULE: ./ssh/openssh/packets.js
/** The longest packet that is taken: what OpenSSH itself takes (channels.c, CHANNEL_MUX_MAX_PACKET). */
const packets_LONGEST = 256 * 1024;
/** Splits a stream into packets, each behind its length in four bytes: so do the client's multiplexing and agents. */
class PacketSplitter {
    #rest = Buffer.alloc(0);
    /**
     * The packets that are whole with this chunk, without their lengths.
     * @throws RangeError for a length that no packet has
     */
    *push(chunk) {
        let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
        while (bytes.length >= 4) {
            const length = bytes.readUInt32BE(0);
            if (length > packets_LONGEST)
                throw new RangeError(`a packet of ${length} bytes`);
            if (bytes.length < 4 + length)
                break;
            yield bytes.subarray(4, 4 + length);
            bytes = bytes.subarray(4 + length);
        }
        this.#rest = bytes;
    }
}

;// CONCATENATED MODULE: ./ssh/openssh/agent.js




/** Of the agent's protocol (draft-ietf-sshm-ssh-agent). */
const AGENT = {
    failure: 5,
    requestIdentities: 11,
    identities: 12,
    signRequest: 13,
    signature: 14,
};
/** Which hash is to sign with an RSA key; without one it would be SHA-1, which nobody should accept. */
const RSA_HASHES = [
    { flag: 2, hash: 'sha256', algorithm: 'rsa-sha2-256' },
    { flag: 4, hash: 'sha512', algorithm: 'rsa-sha2-512' },
];
/**
 * An SSH agent in this process: the OpenSSH client asks it for signatures, and so no key leaves our memory. It signs for whoever may
 * open its socket, so that belongs into a folder of mode 0700.
 */
class KeyAgent {
    #server;
    #clients = new Set();
    constructor(keys) {
        this.#server = (0,external_node_net_namespaceObject.createServer)((socket) => {
            this.#clients.add(socket);
            socket.on('close', () => this.#clients.delete(socket));
            serve(socket, keys);
        });
    }
    /** @param path of the socket */
    static async listen(path, keys) {
        const agent = new KeyAgent(keys);
        agent.#server.listen(path);
        await (0,external_node_events_namespaceObject.once)(agent.#server, 'listening');
        return agent;
    }
    close() {
        this.#server.close();
        for (const socket of this.#clients)
            socket.destroy();
    }
}
function serve(socket, keys) {
    const splitter = new PacketSplitter();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
        try {
            for (const request of splitter.push(chunk))
                socket.write((0,wire/* sshString */._G)(answer(request, keys)));
        }
        catch {
            socket.destroy(); // it does not speak the protocol
        }
    });
}
/** What the agent answers; to what it does not know, extensions among it, that it fails. */
function answer(request, keys) {
    const fields = new wire/* Fields */.C8(request);
    switch (fields.byte()) {
        case AGENT.requestIdentities:
            return identities(keys);
        case AGENT.signRequest:
            return agent_sign(fields, keys) ?? Buffer.of(AGENT.failure);
        default:
            return Buffer.of(AGENT.failure);
    }
}
function identities(keys) {
    const entries = keys.flatMap((key) => [
        (0,wire/* sshString */._G)(key.parsed().getPublicSSH()),
        (0,wire/* sshString */._G)(key.fingerprint),
    ]);
    return Buffer.concat([Buffer.of(AGENT.identities), (0,wire/* uint32 */.S8)(keys.length), ...entries]);
}
function agent_sign(fields, keys) {
    const blob = fields.string();
    const data = fields.string();
    const flags = fields.uint32();
    const key = keys.find((each) => each.parsed().getPublicSSH().equals(blob));
    const signature = key && signWith(key, data, flags);
    return signature && Buffer.concat([Buffer.of(AGENT.signature), (0,wire/* sshString */._G)(signature)]);
}
function signWith(key, data, flags) {
    const isRsa = key.type === 'ssh-rsa';
    const rsa = isRsa ? RSA_HASHES.find(({ flag }) => (flags & flag) !== 0) : undefined;
    if (isRsa && !rsa)
        return undefined;
    const made = key.parsed().sign(data, rsa?.hash);
    if (!Buffer.isBuffer(made))
        return undefined;
    const raw = key.type.startsWith('ecdsa-') ? ecdsaSignature(made) : made;
    return Buffer.concat([(0,wire/* sshString */._G)(rsa?.algorithm ?? key.type), (0,wire/* sshString */._G)(raw)]);
}
/** From DER, SEQUENCE { INTEGER r, INTEGER s }, to two strings (RFC 5656, 3.1.2); the integers are written alike. */
function ecdsaSignature(der) {
    // The sequence's length takes two bytes from 128 on, as for nistp521.
    const r = derInteger(der, der.readUInt8(1) < 0x80 ? 2 : 3);
    return Buffer.concat([(0,wire/* sshString */._G)(r.value), (0,wire/* sshString */._G)(derInteger(der, r.end).value)]);
}
function derInteger(der, at) {
    const start = at + 2;
    const end = start + der.readUInt8(at + 1);
    return { value: der.subarray(start, end), end };
}

;// CONCATENATED MODULE: ./ssh/openssh/client-process.js



/** Ended by a signal: as shells have it. */
const KILLED = 128;
/** Milliseconds that what it said may take to be read once it has ended. */
const LAST_WORDS = 500;
/** Milliseconds that the client has for saying goodbye. */
const FAREWELL = 1000;
/**
 * Runs its arguments until they end, or standard input does: that is a pipe which this process holds, and it ends with this process however
 * that ends. What is run gets another standard input, and the exit code is its own.
 */
const WITH_US = `
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ read -r line <&3; kill "$program"; } >/dev/null 2>&1 &
watch=$!
wait "$program"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;
/** An OpenSSH client that runs as long as it is wanted, and no longer than we do. */
class ClientProcess {
    /** Settles when it has ended and all that it said is there; with its exit code, undefined if it could not be started. */
    ended;
    #child;
    #said = new Diagnostics();
    #ready = Promise.withResolvers();
    constructor(child) {
        this.#child = child;
        this.#said = new Diagnostics(child.stderr ?? undefined);
        this.ended = new Promise((resolve) => {
            child.once('error', () => resolve(undefined));
            child.once('close', (code) => resolve(code ?? KILLED));
            // A command of the user's (ProxyCommand) may hold its standard error open for longer.
            child.once('exit', (code) => void (0,promises_namespaceObject.setTimeout)(LAST_WORDS).then(() => resolve(code ?? KILLED)));
        });
        this.#listen();
    }
    static start(words, env) {
        // A group of its own: an interrupt is for the step to hear, and a password cannot be asked for.
        const child = (0,external_node_child_process_namespaceObject.spawn)('/bin/sh', ['-c', WITH_US, 'sh', ...words], { env, detached: true });
        child.stdin.on('error', () => undefined);
        return new ClientProcess(child);
    }
    /** What it said last, standard error alone. */
    get said() {
        return this.#said.text();
    }
    /** The user that it has logged in as; undefined when it ends before it has. */
    ready() {
        return Promise.race([this.#ready.promise, this.ended.then(() => undefined)]);
    }
    /** Ends it. Idempotent. */
    close() {
        this.#child.stdin?.end();
        void this.#killLater();
    }
    async #killLater() {
        const isLate = await Promise.race([
            this.ended.then(() => false),
            (0,promises_namespaceObject.setTimeout)(FAREWELL, true, { ref: false }),
        ]);
        const { pid } = this.#child;
        if (!isLate || pid === undefined)
            return;
        try {
            process.kill(-pid, 'SIGKILL');
        }
        catch {
            // It has ended in between.
        }
    }
    #listen() {
        let text = '';
        this.#child.stdout?.setEncoding('utf8').on('data', (chunk) => {
            text = (text + chunk).slice(0, 1000);
            const user = /^ready (.*)\n/m.exec(text)?.[1];
            if (user === undefined)
                return;
            // What it said before, a banner for example, is not why it will end.
            this.#said.forget();
            this.#ready.resolve(user);
        });
    }
}

;// CONCATENATED MODULE: ./ssh/openssh/configuration.js

/** The name under which a pinned host key is kept; only the connection's own host goes by it. */
const PINNED_NAME = 'pinned';
/** @param folder of mode 0700, its path without blanks, quotes and percent signs; it is to hold the files of one connection */
function clientFiles(folder) {
    return {
        configuration: `${folder}/config`,
        knownHosts: `${folder}/known-hosts`,
        pinned: `${folder}/pinned`,
        control: `${folder}/control`,
        agent: `${folder}/agent`,
    };
}
/**
 * A file of ssh_config(5): ours, and behind it the user's and the machine's, since of each option the first value counts. Hosts on the
 * way (ProxyJump) are reached with the same file, by which they are checked as strictly.
 */
function clientConfiguration({ identity, hostKeys, compress }, files, { tcpMs, keepAlive }, version) {
    const lines = [
        ...STRICT,
        ...NOTHING_ELSE,
        ...newerLines(hostKeys, version),
        ...knownHostsLines(hostKeys.knownHosts, files),
        ...identityLines(identity, files),
        ...(compress === true ? ['Compression yes'] : []),
        `ConnectTimeout ${Math.ceil(tcpMs / 1000)}`,
        `ServerAliveInterval ${Math.ceil(keepAlive.intervalMs / 1000)}`,
        `ServerAliveCountMax ${keepAlive.silentIntervals}`,
        'Include ~/.ssh/config',
        'Include /etc/ssh/ssh_config',
    ];
    return lines.map((line) => `${line}\n`).join('');
}
/** Nothing is asked, and nothing accepted that is not known. */
const STRICT = [
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'NoHostAuthenticationForLocalhost no',
    // It would add to the user's known_hosts.
    'CheckHostIP no',
];
/** What a person may want of a session, and nobody of this one; also its log, which is read for what went wrong. */
const NOTHING_ELSE = [
    'ControlMaster no',
    'ControlPath none',
    'ControlPersist no',
    'ClearAllForwardings yes',
    'ForwardAgent no',
    'ForwardX11 no',
    'Tunnel no',
    'AddKeysToAgent no',
    'RemoteCommand none',
    // Ours is for the host itself, on the command line.
    'PermitLocalCommand no',
    'RequestTTY no',
    'VisualHostKey no',
    'LogLevel INFO',
];
/** What older clients do not know, and stop at. */
function newerLines({ knownHosts, pinned }, version) {
    if (!version)
        return [];
    const isGiven = knownHosts !== undefined || pinned !== undefined;
    return [
        // Its keys would count beside those of the files.
        ...(isGiven && isSince(version, [8, 5]) ? ['KnownHostsCommand none'] : []),
        ...(isSince(version, [8, 7]) ? ['ForkAfterAuthentication no'] : []),
    ];
}
function knownHostsLines(text, { knownHosts }) {
    if (text === undefined)
        return [];
    return [`UserKnownHostsFile ${knownHosts}`, 'GlobalKnownHostsFile /dev/null'];
}
function identityLines(identity, { agent }) {
    switch (identity.kind) {
        case 'keys':
            // An agent's keys go before those of files; `none` stands in for the files that are tried by default.
            return [
                `IdentityAgent ${agent}`,
                'IdentitiesOnly no',
                'IdentityFile none',
                'PreferredAuthentications publickey',
            ];
        case 'file':
            return [`IdentityFile ${quoted(identity.path)}`, 'IdentitiesOnly yes'];
        case 'configured':
            return [];
    }
}
/** As ssh_config(5) reads a path: `%` begins a token, `${` a variable. */
function quoted(path) {
    return `"${path.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;
}
/**
 * Words that start a client which connects, says `ready` and its user on standard output once it is let in, and then serves its control
 * socket. What is here and not in the configuration is for this host alone, and not for those on the way.
 */
function clientArguments(options, files) {
    const { host, port, user, hostKeys } = options;
    const pinned = [
        ...['-o', `UserKnownHostsFile=${files.pinned}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
        ...['-o', `HostKeyAlias=${PINNED_NAME}`],
    ];
    return [
        ...['ssh', '-F', files.configuration, '-N', '-T', '-M', '-S', files.control],
        ...['-o', 'PermitLocalCommand=yes', '-o', "LocalCommand=echo 'ready %r'"],
        ...(hostKeys.pinned === undefined ? [] : pinned),
        ...(port === DEFAULT_PORT ? [] : ['-p', `${port}`]),
        ...(user === undefined ? [] : ['-l', user]),
        ...['--', host],
    ];
}
/** Not said, so that the configuration may have another. */
const DEFAULT_PORT = 22;
/** Lines of known_hosts for a pinned key; what is revoked stays so. */
function pinnedLines({ trusted, revoked }) {
    const lines = [
        ...trusted.map(({ type, base64 }) => `${PINNED_NAME} ${type} ${base64}`),
        ...revoked.map(({ type, base64 }) => `@revoked ${PINNED_NAME} ${type} ${base64}`),
    ];
    return lines.map((line) => `${line}\n`).join('');
}
/** Of a text that a person wrote, as the client reads it: lines that end as they do on Unix. */
function knownHostsFile(text) {
    return `${text.split(/\r?\n|\r/).join('\n')}\n`;
}

;// CONCATENATED MODULE: ./diagnose/texts/build.js
const COMMON = { source: 'daemon', weight: 'cause', chapter: 'Building' };
/** How a build fails (derivation-goal.cc, derivation-building-goal.cc, build-result.hh). */
const BUILD_TEXTS = [
    {
        ...COMMON,
        id: 'hash-mismatch',
        code: 'build-failed',
        message: "hash mismatch in fixed-output derivation '…'",
        patterns: [
            /hash mismatch in fixed-output derivation '(?<drv>[^']*)'[\s\S]*?specified: +(?<specified>\S+)\s+got: +(?<got>\S+)/i,
        ],
        examples: [
            "error: hash mismatch in fixed-output derivation '/nix/store/x.drv':\n         specified: sha256-AAAA\n            got:    sha256-BBBB",
        ],
        why: 'What was downloaded is not what the hash was made of: the source has changed, or the hash was not updated with the version.',
        remedy: 'If the change is meant, put {got} in place of {specified}.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'timed-out',
        code: 'build-failed',
        message: 'timed out after … seconds',
        patterns: [/timed out after (?<seconds>\d+) seconds(?! of silence)/i],
        examples: [
            "error: building of '/nix/store/x.drv!out' from .drv file timed out after 2 seconds",
            'error: timed out after 2 seconds',
        ],
        why: 'The build took longer than `timeout` allows. Nix since 2.34 says the same of one that was silent for `max-silent-time`.',
        remedy: 'Raise the input `timeout` or `max-silent-time`, or the setting in nix.conf on the machine that builds.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'silent',
        code: 'build-failed',
        message: 'timed out after … seconds of silence',
        patterns: [/timed out after (?<seconds>\d+) seconds of silence/i],
        examples: [
            "error: building of '/nix/store/x.drv!out' from .drv file timed out after 2 seconds of silence",
        ],
        why: 'The build printed nothing for {seconds} s, which `max-silent-time` takes for a hang.',
        remedy: 'Raise the input `max-silent-time`, or have the build print something now and then.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'builder-killed',
        code: 'build-failed',
        message: "builder for '…' failed due to signal …",
        patterns: [
            /builder for '(?<drv>[^']*)' failed due to signal (?<signal>\d+)/i,
            /Reason: builder failed due to signal (?<signal>\d+)/i,
        ],
        examples: [
            "error: builder for '/nix/store/x.drv' failed due to signal 9 (Killed);",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: builder failed due to signal 9 (Killed).",
        ],
        why: 'The builder was ended from outside by signal {signal}; 9 is usually memory that ran out.',
        remedy: '`dmesg | grep -i "out of memory"` on the machine that builds; lower `max-jobs` or `cores`, or give it more memory.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'builder-failed',
        weight: 'symptom',
        code: 'build-failed',
        message: "builder for '…' failed with exit code …",
        patterns: [
            /builder for '(?<drv>[^']*)' failed with exit code (?<exit>\d+)/i,
            /Reason: builder failed with exit code (?<exit>\d+)/i,
        ],
        examples: [
            "error: builder for '/nix/store/x.drv' failed with exit code 1;\n       last 2 log lines:\n       > compiling",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: builder failed with exit code 1.\n       Output paths:\n         /nix/store/x",
        ],
        why: 'The build itself failed. Through a builder, a lost connection and an input that was refused read the same: an earlier line says so then.',
        remedy: "Its whole log is above, in the step's log, and a file in the folder of the output log-dir.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'output-missing',
        code: 'build-failed',
        message: "builder for '…' failed to produce output path for output '…'",
        patterns: [/builder for '(?<drv>[^']*)' failed to produce output path/i],
        examples: [
            "error: builder for '/nix/store/x.drv' failed to produce output path for output 'out' at '/nix/store/x'",
            "error: builder for '/nix/store/x.drv' failed to produce output path for output 'dev' at /nix/store/x",
        ],
        why: 'The build ended well, but did not make one of its outputs.',
        remedy: 'Have the build write to that output (`mkdir -p $out`), or take it out of `outputs`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'dependency-failed',
        weight: 'echo',
        message: "1 dependencies of derivation '…' failed to build",
        patterns: [
            /\d+ dependenc(?:y|ies) of derivation '[^']*' failed to build/i,
            /Reason: \d+ dependenc(?:y|ies) failed/i,
            /Build failed due to failed dependency/i,
            /build of (?:resolved derivation )?'[^'\n]*'(?:, '[^'\n]*')* failed\s*$/im,
        ],
        examples: [
            "error: 1 dependencies of derivation '/nix/store/x.drv' failed to build",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: 1 dependency failed.",
            'error: Build failed due to failed dependency',
            "error: build of '/nix/store/x.drv', '/nix/store/y.drv' failed",
        ],
        why: 'Another derivation failed, and this one needs it.',
        remedy: 'See what failed first.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'not-deterministic',
        code: 'build-failed',
        message: "derivation '…' may not be deterministic: output '…' differs",
        patterns: [/derivation '(?<drv>[^']*)' may not be deterministic/i],
        examples: [
            "error: derivation '/nix/store/x.drv' may not be deterministic: output '/nix/store/x' differs",
            "error: derivation '/nix/store/x.drv' may not be deterministic: output '/nix/store/x' differs from '/nix/store/x.check'",
        ],
        why: 'Built again, it came out different.',
        remedy: '`--keep-failed` keeps the second output beside the first as `.check`, on the machine that builds: compare them with diffoscope.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...COMMON,
        id: 'nothing-to-rebuild',
        code: 'build-failed',
        message: "some outputs of '…' are not valid, so checking is not possible",
        patterns: [/some outputs of '(?<drv>[^']*)' are not valid, so checking is not possible/i],
        examples: [
            "error: some outputs of '/nix/store/x.drv' are not valid, so checking is not possible",
        ],
        why: 'To be compared, it must have been built there before.',
        remedy: 'Build it without `--rebuild` first.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/trust.js
const trust_COMMON = { source: 'daemon', weight: 'cause', chapter: "The builder's Nix" };
const TRUST_LINE = 'add `trusted-users = root USER` to /etc/nix/nix.conf there and `systemctl restart nix-daemon`';
/** Whom a daemon lets do what (daemon.cc, nix-daemon.cc, local-store.cc). */
const TRUST_TEXTS = [
    {
        ...trust_COMMON,
        id: 'user-not-allowed',
        code: 'daemon-untrusted',
        message: "user '…' is not allowed to connect to the Nix daemon",
        patterns: [/user '(?<user>[^']*)' is not allowed to connect to the Nix daemon/i],
        examples: ["error: user 'ci' is not allowed to connect to the Nix daemon"],
        why: '`allowed-users` in nix.conf on {machine} leaves {user} out. Only the journal of nix-daemon there says so: the client just loses its connection.',
        remedy: 'Add {user} to the line `allowed-users` of /etc/nix/nix.conf on that machine, and `systemctl restart nix-daemon`.',
        shown: 'captured',
    },
    {
        ...trust_COMMON,
        id: 'signature-missing',
        code: 'signature-required',
        chapter: 'Uploading',
        message: "cannot add path '…' because it lacks a signature by a trusted key",
        patterns: [
            /cannot (?:add path|register realisation) '(?<path>[^']*)' because it lacks a (?:valid signature|signature by a trusted key)/i,
        ],
        examples: [
            "error: cannot add path '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-x' because it lacks a valid signature",
            "error: cannot add path '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-x' because it lacks a signature by a trusted key",
            "error: cannot register realisation 'sha256:0000!out' because it lacks a signature by a trusted key",
        ],
        why: 'The side that receives the path trusts neither the user that sends it nor a key that signed it.',
        remedy: 'The daemon of {machine} must trust this user (trusted-users) or the key that signed the path (trusted-public-keys).',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...trust_COMMON,
        id: 'untrusted-builds-nothing',
        code: 'daemon-untrusted',
        message: 'you are not privileged to build input-addressed derivations',
        patterns: [/you are not privileged to build input-addressed derivations/i],
        examples: ['error: you are not privileged to build input-addressed derivations'],
        why: 'As a builder, by `ssh://` or with a Nix before 2.16 on the runner, that machine builds for trusted users alone.',
        remedy: 'Use it as `store` (`mode: remote-store`), which takes no trust; or write `ssh-ng://` and use Nix 2.16 or newer on the runner; or ' +
            `${TRUST_LINE}.`,
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...trust_COMMON,
        id: 'not-privileged',
        code: 'daemon-untrusted',
        message: 'you are not privileged to …',
        patterns: [
            /repairing is not allowed because you are not in 'trusted-users'/i,
            /you are not privileged to (?<what>repair paths|add logs|create perm roots|add signatures)/i,
        ],
        examples: [
            "error: repairing is not allowed because you are not in 'trusted-users'",
            'error: you are not privileged to repair paths',
            'error: you are not privileged to add logs',
            'error: you are not privileged to create perm roots',
            'error: you are not privileged to add signatures',
        ],
        why: 'The daemon of {machine} does that for trusted users alone.',
        remedy: `Leave it out, or ${TRUST_LINE}.`,
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...trust_COMMON,
        id: 'setting-ignored',
        weight: 'symptom',
        message: "ignoring the client-specified setting '…', because it is a restricted setting and you are not a trusted user",
        patterns: [/ignoring the client-specified setting '(?<setting>[^']*)'/i],
        examples: [
            "warning: ignoring the client-specified setting 'builders', because it is a restricted setting and you are not a trusted user",
        ],
        why: 'The daemon takes `{setting}` from trusted users alone, and went on without it.',
        remedy: 'Set `{setting}` in /etc/nix/nix.conf of the machine whose daemon says so and restart it, or make the user trusted there.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...trust_COMMON,
        id: 'substituter-ignored',
        weight: 'symptom',
        message: "ignoring untrusted substituter '…'",
        patterns: [/ignoring untrusted substituter '(?<substituter>[^']*)'/i],
        examples: [
            "warning: ignoring untrusted substituter 'https://cache.example.org', you are not a trusted user.",
            "warning: ignoring untrusted substituter 'https://cache.example.org'",
        ],
        why: 'The daemon takes substituters from trusted users alone, and went on without this one.',
        remedy: 'Add `trusted-substituters = {substituter}` to /etc/nix/nix.conf of the machine whose daemon says so, and restart it.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/greeting.js
const greeting_COMMON = { source: 'tools', weight: 'cause', chapter: "The builder's Nix" };
/** What keeps a Nix daemon from greeting, as shells, OpenSSH's far end and stock Nix tell it (remote-store.cc, legacy-ssh-store.cc, ssh.cc). */
const GREETING_TEXTS = [
    {
        ...greeting_COMMON,
        id: 'nix-not-on-path',
        code: 'nix-missing',
        message: 'nix-daemon: command not found',
        patterns: [
            /(?<program>\S*\bnix-(?:daemon|store)\b)'?:? (?:command )?not found/i,
            /(?:command not found|unknown command):? .*(?<program>\bnix-(?:daemon|store)\b)/i,
            /(?<program>\S*\bnix-(?:daemon|store)\b)\S*: No such file or directory/i,
        ],
        examples: [
            'bash: line 1: nix-daemon: command not found',
            'sh: 1: nix-daemon: not found',
            'zsh:1: command not found: nix-store',
            'fish: Unknown command: nix-daemon',
            'env: ‘/opt/nix-daemon’: No such file or directory',
        ],
        why: "PATH of a non-interactive shell on the builder lacks Nix's programs, or they are not installed.",
        remedy: 'Append `?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon` to the store URI, or `SetEnv PATH=…` in sshd_config on the builder.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'nix-not-on-path-here',
        chapter: 'Later steps',
        code: 'nix-missing',
        message: 'nix: command not found',
        patterns: [/(?:^|[\s:'"])nix'?: (?:command )?not found/i, /command not found: nix\s*$/im],
        examples: ['bash: line 1: nix: command not found', 'sh: 1: nix: not found'],
        why: 'There is no Nix on the PATH of that step, or of that machine.',
        remedy: 'Install Nix in an earlier step of the job, or have this action do it.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'remote-ended',
        weight: 'symptom',
        message: "cannot open connection to remote store '…': error: unexpected end-of-file",
        patterns: [
            /cannot open connection to remote store '(?<store>[^']*)':\s*(?:error:\s*)?(?:unexpected end-of-file|Nix daemon disconnected)/i,
            /Nix daemon disconnected unexpectedly/i,
            /write of \d+ bytes: Broken pipe/i,
        ],
        examples: [
            "error: cannot open connection to remote store 'ssh-ng://builder': error: unexpected end-of-file",
            "error: cannot open connection to remote store 'ssh-ng://builder': error: Nix daemon disconnected unexpectedly (maybe it crashed?)",
            'error: write of 16 bytes: Broken pipe',
        ],
        why: 'The program on the builder ended at once: not found, crashed, no daemon behind it, or this user may not use it. Lines before it may say more.',
        remedy: '`ssh USER@HOST nix-daemon --version`, then `systemctl status nix-daemon` on the builder.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'serve-ended',
        weight: 'symptom',
        message: "cannot connect to '…'",
        patterns: [/cannot connect to '(?<host>[^'/\s]+)'\s*$/im],
        examples: ["error: cannot connect to 'ci@builder'"],
        why: '`nix-store --serve` on the builder ended at once. Lines before it may say why.',
        remedy: '`ssh {host} nix-store --version` says whether it is found.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'ssh-not-started',
        weight: 'symptom',
        chapter: 'Reaching the builder',
        message: "failed to start SSH connection to '…'",
        patterns: [/failed to start SSH (?:master )?connection to '(?<host>[^']*)'/i],
        examples: [
            "error: failed to start SSH connection to 'builder'",
            "error: failed to start SSH master connection to 'builder'",
        ],
        why: '`ssh` ended before it was let in. The line before says why.',
        remedy: 'Look at the line before; `ssh -v {host} true` as the user that runs Nix (root under a daemon) says more.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'control-master',
        code: 'protocol-mismatch',
        message: "protocol mismatch, got 'started…'",
        patterns: [/protocol mismatch, got 'started/i],
        examples: [
            "error: cannot open connection to remote store 'ssh-ng://builder': error: protocol mismatch, got 'started\noixd'",
        ],
        why: 'OpenSSH shares a connection (`ControlMaster`), and what it says of that got into the stream.',
        remedy: '`NIX_SSHOPTS="-o ControlMaster=no -o ControlPath=none"` for that command, and no `max-connections` in the URI.',
        shown: 'captured',
    },
    {
        ...greeting_COMMON,
        id: 'shell-noise',
        code: 'protocol-mismatch',
        message: "protocol mismatch, got '…'",
        patterns: [
            /protocol mismatch(?: from '[^']*')?, got '(?!started|This account is)(?<noise>[^\r\n']*)/i,
            /serialised integer \d+ is too large for type/i,
        ],
        examples: [
            "error: cannot open connection to remote store 'ssh-ng://builder': error: protocol mismatch, got 'Welcome to builder 7'",
            "error: 'nix-store --serve' protocol mismatch from 'ci@builder', got 'Welcome to builder 7'",
            "error: serialised integer 7163384699739271026 is too large for type 'm'",
        ],
        why: 'A start file of the shell on the builder prints something before Nix can speak: {noise}',
        remedy: 'In .bashrc, .profile and /etc/profile.d on the builder, print nothing in non-interactive shells: `[[ $- == *i* ]] || return`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'versions-apart',
        code: 'protocol-too-old',
        message: 'the Nix daemon version is too old',
        patterns: [
            /(?<!your )(?:Nix )daemon version is too old/i,
            /Nix (?:daemon )?protocol version not supported/i,
            /the Nix client version is too old/i,
        ],
        examples: [
            'error: the Nix daemon version is too old',
            "error: cannot open connection to remote store 'ssh-ng://builder': error: Nix daemon protocol version not supported",
            'error: the Nix client version is too old',
            'error: The remote Nix daemon version is too old',
        ],
        why: 'The two sides share no version of the worker protocol: Nix before 2.0, or Lix 2.94 and newer with a Nix before 2.15.',
        remedy: 'Upgrade Nix on the older side, and restart its nix-daemon.',
        shown: 'captured',
    },
    {
        ...greeting_COMMON,
        id: 'stream-desync',
        code: 'protocol-violation',
        message: 'got unknown message type … from Nix daemon',
        patterns: [/got unknown message type \S+ from Nix daemon/i],
        examples: ['error: got unknown message type 6572616f from Nix daemon'],
        why: 'Something other than Nix wrote into the stream: a background job of a start file on the builder, for instance.',
        remedy: 'Let start files of that user on the builder print nothing, and start nothing that prints.',
        shown: 'captured',
    },
    {
        ...greeting_COMMON,
        id: 'offload-socket-gone',
        chapter: 'Later steps',
        message: 'cannot connect to socket at …/nix-remote-build.sock',
        patterns: [/cannot connect to (?:socket|daemon) at '?\S*nix-remote-build\.sock/i],
        examples: [
            "error: cannot connect to socket at '/tmp/nrb-x/nix-remote-build.sock': Connection refused",
        ],
        why: 'The process that serves `nix` in later steps has ended: a step that ends all processes of its user ends this one, too.',
        remedy: 'Set up anew in a step after that one; post shows the last words of the process.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'daemon-stopped',
        source: 'daemon',
        message: "cannot connect to socket at '/nix/var/nix/daemon-socket/socket': …",
        patterns: [
            /cannot connect to (?:socket|daemon) at '?(?!\S*nix-remote-build\.sock)(?<socket>[^'\s]+)'?: (?<reason>Connection refused|No such file or directory|Permission denied)/i,
        ],
        examples: [
            "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused",
            "error: cannot connect to daemon at '/nix/var/nix/daemon-socket/socket': No such file or directory",
            "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Permission denied",
        ],
        why: 'The Nix daemon of {machine} does not run, or its folder is closed to this user ({reason}).',
        remedy: '`systemctl start nix-daemon.socket` on that machine.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...greeting_COMMON,
        id: 'store-of-another',
        source: 'daemon',
        message: "opening lock file '/nix/var/nix/db/big-lock': Permission denied",
        patterns: [
            /opening lock file ['"]?\S*big-lock['"]?: Permission denied/i,
            /(?:creating|opening)(?: \w+)? ['"]?\/nix\/(?:store|var)\S*['"]?: Permission denied/i,
            /could not set permissions on '\/nix\/var\/[^']*'[^\r\n]*: Operation not permitted/i,
        ],
        examples: [
            "error: opening lock file '/nix/var/nix/db/big-lock': Permission denied",
            "error: creating directory '/nix/var/nix/profiles': Permission denied",
            "error: could not set permissions on '/nix/var/nix/profiles/per-user' to 755: Operation not permitted",
        ],
        why: 'The store belongs to another user, and there is no daemon between: Nix was installed there for a single user.',
        remedy: 'Log in as the owner of /nix on that machine, or run a nix-daemon there.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/daemon.js


/** Between a client and a Nix daemon: its start, its greeting, and whom it trusts. */
const DAEMON_TEXTS = [...GREETING_TEXTS, ...TRUST_TEXTS];

;// CONCATENATED MODULE: ./diagnose/texts/evaluation.js
const evaluation_COMMON = {
    source: 'tools',
    weight: 'cause',
    chapter: 'Evaluating',
    code: 'evaluation-failed',
};
/** What Nix says while it evaluates (primops.cc, flake.cc, filetransfer.cc), ours and that of later steps. */
const EVALUATION_TEXTS = [
    {
        ...evaluation_COMMON,
        id: 'impure',
        message: "use '--impure' to override",
        patterns: [/use '--impure' to override/i],
        examples: [
            "error: access to absolute path '/etc/passwd' is forbidden in pure evaluation mode (use '--impure' to override)",
            "error: cannot look up '<nixpkgs>' in pure evaluation mode (use '--impure' to override)",
        ],
        why: 'A flake is evaluated purely: it sees no file but its own, no environment, and no NIX_PATH.',
        remedy: 'Add a line `--impure` to eval-args.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'no-flake',
        message: 'could not find a flake.nix file',
        patterns: [/could not find a flake\.nix file/i],
        examples: [
            "path '/repo' does not contain a 'flake.nix', searching up\nerror: could not find a flake.nix file",
        ],
        why: 'Neither this folder nor one above it is a flake.',
        remedy: 'Is actions/checkout before this step, and is working-directory the folder that the flake is in?',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'flake-file-missing',
        message: "does not contain a 'flake.nix' file",
        patterns: [
            /does not contain a '?\/?[^'\s]*flake\.nix'?(?!, searching up)(?!')/i,
            /-source\/flake\.nix'?:? (?:does not exist|No such file)/,
        ],
        examples: [
            "error: getting status of '/nix/store/0000-source/flake.nix': No such file or directory",
            "error: path '/nix/store/0000-source/flake.nix' does not exist",
            "error: source tree referenced by 'path:/repo' does not contain a '/flake.nix' file",
        ],
        why: 'There is no flake.nix in what was fetched, or git does not track it. With `--store` of another machine, Nix looks for the fetched tree there.',
        remedy: 'Is there a flake.nix, and does git know it (`git add flake.nix`)? Where a later step gives Nix `--store`, add `--eval-store auto`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'untracked-file',
        message: "path '…-source/…' does not exist",
        // 2.8: `getting status of '…': No such file or directory`; 2.26: `path '…' does not exist`; 2.34 speaks of the repository.
        patterns: [
            /-source\/(?!flake\.nix')[^\r\n]*(?:does not exist|No such file)/,
            /in Git repository|not tracked by Git/,
        ],
        examples: [
            "error: getting status of '/nix/store/0000-source/new.nix': No such file or directory",
            "error: path '/nix/store/0000-source/new.nix' does not exist",
            'error: Path \'new.nix\' in the repository "/work" is not tracked by Git.',
        ],
        why: 'A flake in a git repository consists of the files that git tracks.',
        remedy: 'A file that git does not track is no part of a flake: git add it, or write path: before the flake.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'github-limit',
        message: "unable to download 'https://api.github.com/…': HTTP error 403",
        patterns: [/api\.github\.com[^\r\n]*HTTP error 4(?:03|29)/i, /API rate limit exceeded/i],
        examples: [
            "error: unable to download 'https://api.github.com/repos/NixOS/nixpkgs/commits/HEAD': HTTP error 403",
            "error: unable to download 'https://api.github.com/repos/x/y/tarball/z': HTTP error 429",
        ],
        why: 'GitHub answers anonymous requests of one address a few times an hour, and runners share addresses.',
        remedy: 'GitHub limits anonymous requests to a few an hour: give github-token, for example ${{ github.token }}.',
        shown: 'captured',
    },
    {
        ...evaluation_COMMON,
        id: 'feature-disabled',
        message: "experimental Nix feature '…' is disabled",
        patterns: [/experimental Nix feature '(?<feature>[^']*)' is disabled/i],
        examples: [
            "error: experimental Nix feature 'flakes' is disabled; use '--extra-experimental-features flakes' to override",
            "error: experimental Nix feature 'ca-derivations' is disabled; add '--extra-experimental-features ca-derivations' to enable it",
            "error: experimental Nix feature 'ca-derivations' is disabled, it is needed to build x; add '--extra-experimental-features ca-derivations' to enable it",
        ],
        why: 'The Nix that says so was not told to do that.',
        remedy: '`experimental-features = nix-command flakes {feature}` in nix.conf of the machine that says so; on the runner, a line of `extra-nix-config`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'evaluation-memory',
        message: 'nix was ended by SIGKILL, most likely for lack of memory',
        patterns: [
            /nix was ended by SIGKILL, most likely for lack of memory/,
            /^(?:error: )?out of memory$/m,
        ],
        examples: ['nix was ended by SIGKILL, most likely for lack of memory', 'error: out of memory'],
        why: 'The attribute was evaluated by itself, so that no other is to blame, and took more memory than the runner, or the control group that the job is in, has.',
        remedy: 'Use a runner with more memory, or make smaller what the attribute evaluates.',
        shown: '__tests__/nix/walk-crew.test.ts',
    },
    {
        ...evaluation_COMMON,
        id: 'remote-store-without-eval-store',
        chapter: 'Later steps',
        message: "path '/nix/store/' is not in the Nix store",
        patterns: [/path '\/nix\/store\/' is not in the Nix store/i],
        examples: ["error: path '/nix/store/' is not in the Nix store"],
        why: 'Nix 2.29 to 2.34.0 evaluates no flake in a store of another machine.',
        remedy: 'Leave `--store` out (later steps offload by themselves), or add `--eval-store auto`.',
        shown: 'captured',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/machines.js
const machines_COMMON = { source: 'tools', weight: 'cause', chapter: 'Which machine builds' };
/** How Nix finds a machine to build on (build-remote.cc, machines.cc, worker.cc, derivation-building-goal.cc). */
const MACHINE_TEXTS = [
    {
        ...machines_COMMON,
        id: 'system-or-features',
        follows: ['machine-not-reached'],
        source: 'daemon',
        message: "a '…' with features {…} is required to build '…', but I am a '…' with features {…}",
        patterns: [
            /a '(?<system>[^']*)' with features \{(?<features>[^}]*)\} is required to build '(?<drv>[^']*)', but I am a/i,
            /Reason: required system or feature not available\s+Required system: '(?<system>[^']*)' with features \{(?<features>[^}]*)\}/i,
            /Reason: platform mismatch\s+Required system: '(?<system>[^']*)'/i,
            /Reason: missing system features\s+Required features: \{(?<features>[^}]*)\}/i,
        ],
        examples: [
            "error: a 'aarch64-linux' with features {} is required to build '/nix/store/x.drv', but I am a 'x86_64-linux' with features {kvm}",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: required system or feature not available\n       Required system: 'aarch64-linux' with features {}\n       Current system: 'x86_64-linux' with features {kvm}",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: platform mismatch\n       Required system: 'aarch64-linux'\n       Current system: 'x86_64-linux'",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: missing system features\n       Required features: {big-parallel}\n       Available features: {kvm}",
        ],
        why: 'No machine that is there builds for that system with those features.',
        remedy: 'Use a builder for that system and with those features, or set extra-platforms on this one if it can run such programs.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'no-machine-fits',
        follows: ['machine-not-reached'],
        message: 'Failed to find a machine for remote build!',
        patterns: [
            /Failed to find a machine for remote build!\s+derivation: (?<drv>[^\r\n]*)\s+required \(system, features\): \((?<system>[^,]*), \[?(?<features>[^\])]*)\]?\)/i,
        ],
        examples: [
            'Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (x86_64-linux, big-parallel)\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n(x86_64-linux, 1, , )',
            'Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (x86_64-linux, [big-parallel])\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux], 1, [], [])',
        ],
        why: 'No machine in `builders` is for {system} with the features {features}; or the one that is could not be reached, which an earlier line says.',
        remedy: "Add them to the machine's `systems` and `supportedFeatures` (`big-parallel,kvm,nixos-test,benchmark` are the usual ones), and to `system-features` in its own nix.conf.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'machine-not-reached',
        weight: 'symptom',
        message: "cannot build on '…': …",
        patterns: [/cannot build on '(?<machine>[^']*)': (?<reason>[^\r\n]*)/i],
        examples: ["cannot build on 'ssh://ci@builder': error: something that nobody knows"],
        why: 'Nix could not connect to {machine} and leaves it out: {reason}',
        remedy: 'See what stands behind the colon, and the lines before.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'no-jobs',
        follows: ['machine-not-reached'],
        message: "Unable to start any build; either increase '--max-jobs' or enable remote builds",
        patterns: [
            /unable to start any build;\s+either (?:increase|set) '?--max-jobs/i,
            /Reason: local builds are disabled/i,
        ],
        examples: [
            "error: unable to start any build; either increase '--max-jobs' or enable remote builds.\nhttps://nixos.org/manual/nix/stable/advanced-topics/distributed-builds.html",
            "error: Unable to start any build;\n       either increase '--max-jobs' or enable remote builds.",
            "error: Cannot build '/nix/store/x.drv'.\n       Reason: local builds are disabled (max-jobs = 0)",
        ],
        why: '`max-jobs = 0`, and no machine takes it.',
        remedy: 'With max-jobs: 0 the runner itself builds nothing, preferLocalBuild or not. Leave max-jobs out, or use a machine for that system and ' +
            "with those features (what Nix downloads by itself, as builtin:fetchurl, is of the system 'builtin').",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'no-machine-left',
        follows: ['machine-not-reached'],
        message: 'Unable to start any build; remote machines may not have all required system features',
        patterns: [/unable to start any build;\s+remote machines may not/i],
        examples: [
            'error: unable to start any build; remote machines may not have all required system features.',
            'error: Unable to start any build;\n       remote machines may not have all required system features.',
        ],
        why: '`max-jobs = 0`, and each machine lacks the system or a feature, or could not be reached.',
        remedy: 'With max-jobs: 0 the runner itself builds nothing, preferLocalBuild or not. Leave max-jobs out, or use a machine for that system and ' +
            "with those features (what Nix downloads by itself, as builtin:fetchurl, is of the system 'builtin').",
        shown: 'captured',
    },
    {
        ...machines_COMMON,
        id: 'store-builds-nothing',
        message: "Unable to build with a primary store that isn't a local store",
        patterns: [/Unable to build with a primary store that isn't a local store/i],
        examples: [
            "error: Unable to build with a primary store that isn't a local store; either pass a different '--store' or enable remote builds.",
        ],
        why: '`--store` or `store` in nix.conf names a store that Nix cannot build in, and no builder took it.',
        remedy: 'Leave `--store` out in later steps: `nix build` is offloaded by itself. For `ssh://` write `ssh-ng://`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'machines-line',
        code: 'machines-invalid',
        message: 'bad machine specification: …',
        patterns: [/bad machine specification/i, /speed factor must be >= 0/i],
        examples: [
            "error: bad machine specification: failed to convert column #3 in a row: 'ssh://builder x86_64-linux - many' to 'unsigned int'",
            "error: bad machine specification '- x86_64-linux'",
            'error: speed factor must be >= 0',
        ],
        why: 'A line of `builders` or /etc/nix/machines does not have the form `URI SYSTEMS KEY MAXJOBS SPEED FEATURES MANDATORY HOSTKEY`. A `;` in a comment begins a machine before Nix 2.29.',
        remedy: 'Correct that line on the machine that runs Nix; this step checks the lines of its own input by itself.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'lock-name-too-long',
        message: 'opening lock file …: File name too long',
        patterns: [/opening lock file .*: File name too long/i],
        examples: [
            "error: opening lock file '/nix/var/nix/current-load/ssh-ng:__ci@builder?base64-ssh-public-host-key=AAAA-0': File name too long",
        ],
        why: "Nix names a lock file after the machine's URI, and that is too long: usually a key in it.",
        remedy: 'Put key and host key into the third and the last field of the line, not into the URI.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...machines_COMMON,
        id: 'upload-lock',
        weight: 'symptom',
        message: 'somebody is hogging the upload lock …',
        patterns: [/somebody is hogging the upload lock|waiting for the upload lock/i],
        examples: [
            "somebody is hogging the upload lock for '%s', continuing...",
            "waiting for the upload lock to 'ssh-ng://builder'",
        ],
        why: 'Nix sends inputs of one build at a time to a builder.',
        remedy: '`mode: remote-store` sends no inputs; else `builders-use-substitutes = true` on the machine that runs Nix.',
        shown: 'captured',
    },
    {
        ...machines_COMMON,
        id: 'machines-busy',
        weight: 'symptom',
        message: 'waiting for a machine to build …',
        patterns: [/waiting for a machine to build/i],
        examples: ["waiting for a machine to build '/nix/store/x.drv'"],
        why: 'Every place on every machine is taken.',
        remedy: "Raise the machine's `maxJobs` (fourth field).",
        shown: 'captured',
    },
    {
        ...machines_COMMON,
        id: 'hook-died',
        message: 'build hook died unexpectedly',
        patterns: [
            /build hook died unexpectedly/i,
            /bad hook reply/i,
            /while reading the response from the build hook/i,
        ],
        examples: [
            'error: build hook died unexpectedly: ',
            "error: bad hook reply '# '",
            'error: unexpected EOF\n       … while reading the response from the build hook',
        ],
        why: "Nix's own program for remote builders crashed: a setting that it does not take, or no `ssh`.",
        remedy: '`nix __build-remote 0` by hand, as the user that runs Nix (root under a daemon), shows what it says.',
        shown: 'captured',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/openssh-login.js
const openssh_login_COMMON = { source: 'tools', weight: 'cause', chapter: 'Reaching the builder' };
const ROOT = "Under a Nix daemon it is root's known_hosts and ssh_config that count, not those of the step.";
/** Who is who (sshconnect.c, sshconnect2.c, authfile.c, readconf.c). */
const OPENSSH_LOGIN_TEXTS = [
    {
        ...openssh_login_COMMON,
        id: 'ssh-denied',
        code: 'authentication-failed',
        message: '…: Permission denied (publickey)',
        patterns: [
            /^(?<who>\S+@\S+): Permission denied \((?<methods>[^)\r\n]*)\)/im,
            /Permission denied \((?<methods>(?:publickey|password|keyboard-interactive|gssapi|hostbased)[^)\r\n]*)\)/i,
            /Permission denied, please try again/i,
        ],
        examples: [
            'ci@builder: Permission denied (publickey).',
            'ci@builder: Permission denied (publickey,password,keyboard-interactive).',
            'Permission denied, please try again.',
        ],
        why: 'The builder takes none of the keys that were offered, or knows no such user.',
        remedy: "Add the key's public half to `~/.ssh/authorized_keys` of that user on the builder. Under a Nix daemon the key of root is offered, unless the machine's line names another (third field).",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-too-many-keys',
        code: 'authentication-failed',
        message: 'Too many authentication failures',
        patterns: [/Too many authentication failures/i],
        examples: ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures'],
        why: 'The agent offered so many keys that sshd hung up before the right one came.',
        remedy: 'Set `IdentitiesOnly yes` and `IdentityFile` for that host in ssh_config on the runner, or load only the key that is meant for it.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-key-unreadable',
        code: 'key-invalid',
        message: 'Load key "…": error in libcrypto',
        patterns: [/Load key "(?<file>[^"]*)": (?!bad permissions)(?<reason>[^\r\n]+)/i],
        examples: [
            'Load key "/home/ci/.ssh/id": error in libcrypto',
            'Load key "/home/ci/.ssh/id": invalid format',
            'Load key "/root/key": Permission denied',
        ],
        why: 'The key in {file} cannot be read ({reason}): usually a secret that lost its last line end, or got Windows line ends.',
        remedy: "Write it with `printf '%s\\n' \"$KEY\" | tr -d '\\r' > {file}; chmod 600 {file}` on the runner. The input `ssh-key` repairs both by itself.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-key-open',
        code: 'key-invalid',
        message: 'WARNING: UNPROTECTED PRIVATE KEY FILE!',
        patterns: [
            /UNPROTECTED PRIVATE KEY FILE/,
            /Permissions \d+ for '(?<file>[^']+)' are too open/,
            /Load key "(?<file>[^"]*)": bad permissions/,
        ],
        examples: [
            "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for '/home/ci/key' are too open.",
            'Load key "/home/ci/key": bad permissions',
        ],
        why: 'Others may read the key file, so OpenSSH leaves it out.',
        remedy: '`chmod 600 {file}` on the runner.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-host-key-unknown',
        code: 'host-key-unknown',
        message: 'No … host key is known for …',
        patterns: [/^No (?<type>\S+) host key is known for (?<host>\S+)/im],
        examples: [
            'No ED25519 host key is known for [builder]:2222 and you have requested strict checking.',
        ],
        why: 'The known_hosts that count here have no line for {host}.',
        remedy: `On the builder itself, \`cat /etc/ssh/ssh_host_ed25519_key.pub\` prints the key; put it behind \`{host}\` into known_hosts of the user that runs \`ssh\`. ${ROOT}`,
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-host-key-unverified',
        weight: 'symptom',
        code: 'host-key-unknown',
        message: 'Host key verification failed.',
        patterns: [/Host key verification failed/i],
        examples: ['Host key verification failed.'],
        why: 'No known_hosts that counts here has the host, and nobody is there to be asked. Lines before it may say more.',
        remedy: `Add the builder's line to known_hosts of the user that runs \`ssh\`. ${ROOT}`,
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-host-key-changed',
        code: 'host-key-mismatch',
        message: 'REMOTE HOST IDENTIFICATION HAS CHANGED!',
        patterns: [
            /REMOTE HOST IDENTIFICATION HAS CHANGED/,
            /^(?:\S+ )?host key for (?<host>\S+) has changed/im,
        ],
        examples: [
            '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key for builder has changed and you have requested strict checking.',
            'ED25519 host key for builder has changed and you have requested strict checking.',
        ],
        why: 'The builder was set up anew, or somebody is in between.',
        remedy: 'Compare the fingerprint with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the builder itself; only if they agree, `ssh-keygen -R {host}` on the runner, and add the new line.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-host-key-revoked',
        code: 'host-key-revoked',
        message: 'REVOKED HOST KEY DETECTED!',
        patterns: [/REVOKED HOST KEY DETECTED|host key .* is marked as revoked/i],
        examples: ['@       WARNING: REVOKED HOST KEY DETECTED!               @'],
        why: 'known_hosts marks the key that the builder shows as @revoked.',
        remedy: 'Do not connect. Ask whoever runs the builder which key it has now.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-host-key-types',
        code: 'host-key-mismatch',
        message: 'no matching host key type found. Their offer: …',
        patterns: [/no matching host key type found\. Their offer: (?<offer>[^\r\n]*)/i],
        examples: [
            'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-dss',
        ],
        why: 'The builder has only host keys ({offer}) of types that this client does not take, or that known_hosts has no line of.',
        remedy: 'Print its keys with `cat /etc/ssh/ssh_host_*_key.pub` on the builder, and put one into known_hosts on the runner.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-configuration',
        code: 'input-invalid',
        message: 'Bad configuration option: …',
        patterns: [
            /^(?<line>[^\r\n]*(?:line \d+|command-line): Bad [^\r\n]*)/im,
            /^(?<line>Bad owner or permissions on [^\r\n]*)/im,
            /^(?<line>[^\r\n]*terminating, \d+ bad configuration options)/im,
        ],
        examples: [
            '/home/ci/.ssh/config: line 3: Bad configuration option: hots\n/home/ci/.ssh/config: terminating, 1 bad configuration options',
            'Bad owner or permissions on /home/ci/.ssh/config',
        ],
        why: 'A line of ssh_config is wrong or too new for this `ssh`, or anybody may write to the file.',
        remedy: 'Correct it, or `chmod 600` it, on the runner; `ssh -G HOST` as the user that runs `ssh` tells whether it is taken.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_login_COMMON,
        id: 'ssh-no-shell',
        code: 'channel-refused',
        message: 'This account is currently not available.',
        patterns: [/This account is (?:currently )?not available/i],
        examples: [
            'This account is currently not available.',
            "error: cannot open connection to remote store 'ssh-ng://ci@builder': error: protocol mismatch, got 'This account is currently not available.'",
        ],
        why: 'The shell of that user on the builder is nologin, which runs a forced command no more than any other.',
        remedy: '`usermod --shell /bin/sh USER` on the builder; NixOS: `users.users.NAME.useDefaultShell = true`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/openssh-reach.js
const openssh_reach_COMMON = { source: 'tools', weight: 'cause', chapter: 'Reaching the builder' };
/** The way to an SSH server, and the end of it (sshconnect.c, packet.c, clientloop.c, mux.c). */
const OPENSSH_REACH_TEXTS = [
    {
        ...openssh_reach_COMMON,
        id: 'ssh-name-unknown',
        code: 'host-unresolvable',
        message: 'Could not resolve hostname …',
        patterns: [/Could not resolve hostname (?<host>[^\s:]+)/i],
        examples: [
            'ssh: Could not resolve hostname builder.invalid: Name or service not known',
            'ssh: Could not resolve hostname builder.example.org: Temporary failure in name resolution',
        ],
        why: 'No name server of this machine knows `{host}`; or Nix before 2.31 took the port in the URI for a part of the name.',
        remedy: 'Correct the name in the URI. A port goes into a `Host` entry of the ssh_config of whoever runs Nix, or takes Nix 2.31.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-refused',
        code: 'host-unreachable',
        message: 'connect to host … port …: Connection refused',
        patterns: [/connect to host (?<host>\S+) port (?<port>\d+): Connection refused/i],
        examples: ['ssh: connect to host 127.0.0.1 port 1: Connection refused'],
        why: 'Nothing listens on port {port} of {host}.',
        remedy: 'Start sshd on {host}, or correct the port.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-no-answer',
        code: 'connect-timeout',
        message: 'connect to host … port …: Connection timed out',
        patterns: [
            /connect to host (?<host>\S+) port (?<port>\d+): (?:Connection|Operation) timed out/i,
            /Connection (?:to \S+ port \d+ )?timed out(?: during banner exchange)?\s*$/im,
        ],
        examples: [
            'ssh: connect to host builder port 22: Connection timed out',
            'Connection timed out during banner exchange',
            'Connection to 10.0.0.1 port 22 timed out',
        ],
        why: 'Packets to the builder are dropped: usually a firewall, or the builder is down.',
        remedy: "Open the port in the builder's firewall. GitHub-hosted runners have changing addresses.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-no-route',
        code: 'host-unreachable',
        message: 'connect to host … port …: No route to host',
        patterns: [
            /connect to host (?<host>\S+) port (?<port>\d+): (?!Connection (?:refused|timed out)|Operation timed out)(?<reason>[^\r\n]+)/i,
        ],
        examples: [
            'ssh: connect to host builder port 22: No route to host',
            'ssh: connect to host builder port 22: Network is unreachable',
        ],
        why: 'This machine has no way to {host}: {reason}.',
        remedy: 'Is the builder up, and in a network that this runner reaches (VPN, IPv6)?',
        shown: 'captured',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-turned-away',
        code: 'host-unreachable',
        message: 'kex_exchange_identification: Connection closed by remote host',
        patterns: [
            /^(?:kex_exchange_identification|ssh_exchange_identification|banner exchange): .*(?:closed|reset)/im,
            /Exceeded MaxStartups|Not allowed at this time/i,
        ],
        examples: [
            'kex_exchange_identification: Connection closed by remote host',
            'kex_exchange_identification: read: Connection reset by peer',
            'ssh_exchange_identification: Connection closed by remote host',
        ],
        why: 'sshd turned this client away before the handshake: too many at once, or after failed log-ins (fail2ban too).',
        remedy: "Raise `MaxStartups` in sshd_config on the builder, see to `PerSourcePenalties` and fail2ban there; or let later steps use this step's one connection.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-closed',
        weight: 'symptom',
        code: 'host-unreachable',
        message: 'Connection closed by … port …',
        patterns: [/^Connection (?:closed|reset) by (?!UNKNOWN)(?<host>\S+) port \d+/im],
        examples: ['Connection closed by 10.0.0.1 port 22', 'Connection reset by 10.0.0.1 port 22'],
        why: '{host} closed the connection, and the client does not say when: OpenSSH 10 says no more when sshd turns it away at once.',
        remedy: 'Raise `MaxStartups` in sshd_config on the builder, see to `PerSourcePenalties` and fail2ban there; the journal of sshd says why.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-sessions-refused',
        code: 'channel-refused',
        message: 'Session open refused by peer',
        patterns: [
            /mux_client_request_session|Session open refused by peer/i,
            /(?<!open failed: )administratively prohibited/i,
        ],
        examples: [
            'mux_client_request_session: session request failed: Session open refused by peer',
            'administratively prohibited: open failed',
        ],
        why: 'sshd on the builder allows fewer programs on one connection (`MaxSessions`), or forbids forwarding.',
        remedy: 'Raise `MaxSessions` in sshd_config on the builder, and take `restrict` off the key in authorized_keys, or add `port-forwarding` behind it.',
        shown: 'captured',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-jump-failed',
        code: 'host-unreachable',
        message: 'channel 0: open failed: …',
        patterns: [/stdio forwarding failed/i, /open failed: (?<reason>[^\r\n]+)/i],
        examples: [
            'channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed',
            'channel 0: open failed: administratively prohibited: open failed\r\nstdio forwarding failed',
        ],
        why: 'The host on the way (`ProxyJump`) let us in, but does not connect to the builder: {reason}.',
        remedy: 'Set `AllowTcpForwarding yes` on the host on the way; is the builder up, as seen from there?',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-no-server',
        code: 'protocol-mismatch',
        message: 'kex_exchange_identification: banner line contains invalid characters',
        patterns: [
            /banner line contains invalid|invalid protocol identifier|Protocol major versions differ|Bad remote protocol version identification|banner exchange: .*invalid format/i,
        ],
        examples: [
            'kex_exchange_identification: banner line contains invalid characters\r\nbanner exchange: Connection to 127.0.0.1 port 25: invalid format',
            "Bad remote protocol version identification: 'HTTP/1.1 400'",
            'banner exchange: Connection to 127.0.0.1 port 25: invalid format',
        ],
        why: 'What listens on that port is no SSH server.',
        remedy: 'Correct the port.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-no-common-algorithm',
        code: 'connection-lost',
        message: 'Unable to negotiate with …: no matching … found',
        patterns: [
            /Unable to negotiate with .*: (?<what>no matching (?!host key)[^\r\n]*)/i,
            /(?<what>no matching (?:cipher|MAC|key exchange method|compression) found[^\r\n]*)/i,
        ],
        examples: [
            'Unable to negotiate with 10.0.0.1 port 22: no matching cipher found. Their offer: 3des-cbc',
            'Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1',
        ],
        why: 'The client and sshd have no algorithm in common: {what}.',
        remedy: 'Upgrade OpenSSH on the older side, or take the restriction out of its configuration (`Ciphers`, `MACs`, `KexAlgorithms`).',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-link-died',
        code: 'connection-lost',
        chapter: 'While it runs',
        message: 'client_loop: send disconnect: Broken pipe',
        patterns: [
            /client_loop: send disconnect|Timeout, server .* not responding|Connection to \S+ closed by remote host|packet_write_wait/i,
        ],
        examples: [
            'client_loop: send disconnect: Broken pipe',
            'Timeout, server builder not responding.',
            'Connection to builder closed by remote host.',
            'packet_write_wait: Connection to 10.0.0.1 port 22: Broken pipe',
        ],
        why: 'The link died: an idle time-out on the way, a restart of the builder, or memory that ran out there.',
        remedy: '`ServerAliveInterval 15` in the ssh_config of whoever runs Nix; on the builder, `uptime` and `dmesg | grep -i oom` say what happened. This step keeps its own connections alive.',
        shown: 'captured',
    },
    {
        ...openssh_reach_COMMON,
        id: 'ssh-missing',
        code: 'input-invalid',
        message: "executing 'ssh': No such file or directory",
        patterns: [
            /(?:unable to execute|executing) 'ssh': No such file/i,
            /Could not find executable 'ssh'/i,
        ],
        examples: [
            "error: unable to execute 'ssh': No such file or directory",
            "error: executing 'ssh': No such file or directory",
            "error: Could not find executable 'ssh'",
        ],
        why: 'Nix found no `ssh`. With a daemon it is the PATH of the daemon that counts, not that of the step.',
        remedy: "Install the OpenSSH client on the runner, in reach of the service of nix-daemon; or use this step's `stores`, which take none.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/openssh.js


/** What the OpenSSH client says, in later steps, in hooks and with `transport: openssh`. */
const OPENSSH_TEXTS = [...OPENSSH_REACH_TEXTS, ...OPENSSH_LOGIN_TEXTS];

;// CONCATENATED MODULE: ./diagnose/texts/store.js
const store_COMMON = { source: 'daemon', weight: 'cause', chapter: 'Copying back' };
/** What a store says of its paths, its disk and its database. */
const STORE_TEXTS = [
    {
        ...store_COMMON,
        id: 'disk-full',
        code: 'disk-full',
        message: 'No space left on device',
        patterns: [/No space left on device|database or disk is full|Disk quota exceeded/i],
        examples: [
            'error: writing to file: No space left on device',
            "error: executing SQLite statement 'insert': database or disk is full",
            "error: writing to file '/nix/store/x': Disk quota exceeded",
        ],
        why: 'The disk of {machine} is full.',
        remedy: 'Free disk space for {machine}, for example with nix-collect-garbage.',
        shown: '__tests__/scenarios/failure-disk.test.ts',
    },
    {
        ...store_COMMON,
        id: 'database-busy',
        weight: 'symptom',
        message: "SQLite database '…' is busy",
        patterns: [/(?<!\(ignored\): (?:error: )?)SQLite database '(?<file>[^']*)' is busy/i],
        examples: [
            "warning: SQLite database '/nix/var/nix/db/db.sqlite' is busy",
            "error: SQLite database '/nix/var/nix/db/db.sqlite' is busy (SQLITE_PROTOCOL)",
        ],
        why: 'Many write to that database at once; Nix tries again by itself.',
        remedy: 'Run the step again; see that the file is not on a network drive.',
        shown: 'captured',
    },
    {
        ...store_COMMON,
        id: 'input-gone',
        chapter: 'Building',
        code: 'path-invalid',
        message: "path '…' is required, but there is no substituter that can build it",
        patterns: [
            /dependency '(?<path>[^']*)' of '[^']*' does not exist, and substitution is disabled/i,
            /(?:path|derivation output|drv output) '(?<path>[^']*)' is required, but there is no substituter/i,
            /some dependencies of '(?<path>[^']*)' are missing/i,
        ],
        examples: [
            "error: dependency '/nix/store/a' of '/nix/store/x.drv' does not exist, and substitution is disabled",
            "error: path '/nix/store/a' is required, but there is no substituter that can build it",
            "error: derivation output 'sha256:00!out' is required, but there is no substituter that can provide it",
            "error: drv output 'sha256:00!out' is required, but there is no substituter that can provide it",
            "error: some dependencies of '/nix/store/x.drv' are missing",
        ],
        why: 'A build needs {path}, which that store neither has nor can substitute: it was collected as garbage meanwhile, or its derivation was never uploaded.',
        remedy: 'In later steps write `FILE.drv^*`, not `FILE.drv`; on the builder, keep garbage collection from running while jobs do (`nix.gc.dates`).',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...store_COMMON,
        id: 'path-not-valid',
        weight: 'symptom',
        chapter: 'Building',
        code: 'path-invalid',
        message: "path '…' is not valid",
        patterns: [/path '(?<path>\/nix\/store\/[^']*)' is not valid\s*$/im],
        examples: ["error: path '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-x' is not valid"],
        why: 'After `building … on`: the build failed on a builder whose daemon does not trust us, which Nix notices only here; the real error is above. Else the path was collected as garbage, or its derivation was never there.',
        remedy: 'See the lines before. With a `.drv` at the end: pass `--builders ""` beside `--store`.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...store_COMMON,
        id: 'unknown-paths',
        weight: 'echo',
        chapter: 'Later steps',
        message: "don't know how to build these paths:",
        patterns: [/don't know how to build these paths/i],
        examples: ["don't know how to build these paths:\n  /nix/store/x.drv"],
        why: 'Of no harm with `--eval-store`: the derivations are uploaded after that.',
        remedy: 'Nothing.',
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...store_COMMON,
        id: 'ssh-store-builds-nothing',
        source: 'tools',
        chapter: 'Later steps',
        code: 'store-uri-invalid',
        message: "building on an SSH store is incompatible with '--eval-store'",
        patterns: [/building on an SSH store is incompatible with '--eval-store'/i],
        examples: ["error: building on an SSH store is incompatible with '--eval-store'"],
        why: 'The old protocol cannot take derivations from another store.',
        remedy: 'Write `ssh-ng://` in place of `ssh://`.',
        shown: 'captured',
    },
    {
        ...store_COMMON,
        id: 'operation-unsupported',
        source: 'tools',
        chapter: 'Later steps',
        message: "operation '…' is not supported by store '…'",
        patterns: [/operation '(?<operation>[^']*)' is not supported by store '(?<store>[^']*)'/i],
        examples: [
            "error: operation 'getBuildLogExact' is not supported by store 'ssh-ng://ci@builder'",
            "error: operation 'queryReferrers' is not supported by store 'ssh://ci@builder'",
        ],
        why: 'Stores of other machines do less than the local one; `ssh://` does least.',
        remedy: "Write `ssh-ng://` in place of `ssh://`. For logs: `ssh HOST nix log PATH`, or this step's `log-dir`.",
        shown: '__tests__/diagnose/stock-texts.lab.test.ts',
    },
    {
        ...store_COMMON,
        id: 'outputs-invalid',
        chapter: 'Building',
        message: 'some outputs are unexpectedly invalid',
        patterns: [/some outputs are unexpectedly invalid/i],
        examples: ['error: some outputs are unexpectedly invalid'],
        why: 'The machine said that it has built, but outputs did not arrive: its disk or this one is full, or they were collected as garbage.',
        remedy: 'Run the step again; `df /nix/store` on both machines.',
        shown: 'captured',
    },
    {
        ...store_COMMON,
        id: 'stream-damaged',
        weight: 'symptom',
        code: 'nar-invalid',
        message: "hash mismatch importing path '…'",
        patterns: [
            /hash mismatch importing path '(?<path>[^']*)'/i,
            /NAR for '(?<path>[^']*)' fetched from '[^']*' is incomplete/i,
            /reached end of FramedSource/i,
            /sized: unexpected end-of-file/i,
        ],
        examples: [
            "error: hash mismatch importing path '/nix/store/x';\n  specified: sha256:00\n  got:       sha256:11",
            "error: ca hash mismatch importing path '/nix/store/x';\n  specified: sha256:00\n  got:       sha256:11",
            "error: NAR for '/nix/store/x' fetched from 'ssh-ng://builder' is incomplete",
            'error: reached end of FramedSource',
            'error: sized: unexpected end-of-file',
        ],
        why: 'What arrived is cut off or damaged: mostly because something else failed first, which an earlier line says.',
        remedy: 'See the first error. If there is none: `nix-store --verify --check-contents --repair` where the path comes from.',
        shown: 'captured',
    },
    {
        ...store_COMMON,
        id: 'failed-before',
        source: 'tools',
        weight: 'echo',
        chapter: 'Reaching the builder',
        message: "opening a connection to remote store '…' previously failed",
        patterns: [
            /opening a connection to remote store '[^']*' previously failed/i,
            /error \(ignored\):/i,
        ],
        examples: [
            "error: opening a connection to remote store 'ssh-ng://builder' previously failed",
            'error (ignored): error: something',
        ],
        why: 'The first try failed, and Nix makes no other.',
        remedy: 'See the first error.',
        shown: 'captured',
    },
];

;// CONCATENATED MODULE: ./diagnose/texts/index.js






/** All texts of others that are known. Their patterns exclude one another on every example. */
const TEXT_CAUSES = [
    ...OPENSSH_TEXTS,
    ...DAEMON_TEXTS,
    ...MACHINE_TEXTS,
    ...EVALUATION_TEXTS,
    ...BUILD_TEXTS,
    ...STORE_TEXTS,
];

;// CONCATENATED MODULE: ./diagnose/diagnose.js


/** Texts longer than this are cut: what failed first is said first. */
const MAX_TEXT = 64 * 1024;
/**
 * What is wrong, out of what Nix, OpenSSH or a shell says: the earliest real cause; without one, the earliest symptom. Echoes of other
 * failures are never blamed.
 * @param text may hold colours, and several messages
 * @returns undefined where nothing in it is known
 */
function diagnose(text, names = {}) {
    const plain = (0,domain_text/* withoutColour */.Zb)(text.slice(0, MAX_TEXT));
    const matches = withoutConsequences(matchesOf(plain));
    const blamed = earliest(matches.filter(({ cause }) => cause.weight === 'cause')) ??
        earliest(matches.filter(({ cause }) => cause.weight === 'symptom'));
    return blamed && diagnosis(blamed, plain, names);
}
/** Ids of all causes whose wording is in a text; for tests of the table. */
function idsIn(text) {
    return matchesOf(withoutColour(text)).map(({ cause }) => cause.id);
}
function matchesOf(plain) {
    return TEXT_CAUSES.flatMap((cause) => {
        const found = cause.patterns
            .map((pattern) => pattern.exec(plain))
            .filter((each) => each !== null)
            .sort((a, b) => a.index - b.index);
        const [first] = found;
        if (first === undefined)
            return [];
        // What the first does not name, a later one may.
        const named = {};
        for (const { groups = {} } of found.toReversed())
            Object.assign(named, definedOf(groups));
        return [{ cause, index: first.index, named }];
    });
}
/** Nix goes on after it has left out a machine, and then finds none. */
function withoutConsequences(matches) {
    return matches.filter(({ cause, index }) => !matches.some((other) => other.index < index && cause.follows?.includes(other.cause.id) === true));
}
function definedOf(groups) {
    const entries = Object.entries(groups).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]);
    return Object.fromEntries(entries);
}
function earliest(matches) {
    return matches.toSorted((a, b) => a.index - b.index)[0];
}
function diagnosis({ cause, index, named }, plain, names) {
    const { id, weight, code, why, remedy } = cause;
    const start = plain.lastIndexOf('\n', index) + 1;
    const end = plain.indexOf('\n', index);
    const words = { ...named, machine: names.machine ?? named['machine'] ?? 'that machine' };
    return {
        ...{ id, code, named },
        weight: weight === 'cause' ? 'cause' : 'symptom',
        line: (0,domain_text/* oneLine */.TN)(plain.slice(start, end === -1 ? undefined : end)),
        why: filledIn(why, words),
        remedy: filledIn(remedy, words),
    };
}
/** `{user}` becomes what the pattern named so; what it did not name becomes `…`. */
function filledIn(text, words) {
    return text.replace(/\{([a-z]+)\}/gi, (_, name) => (0,domain_text/* oneLine */.TN)(words[name] ?? '…', 300));
}

// EXTERNAL MODULE: ./domain/public-key.js
var public_key = __nccwpck_require__(4835);
;// CONCATENATED MODULE: ./ssh/openssh/host-key-explanations.js


function source({ hostKeys }) {
    if (hostKeys.pinned !== undefined)
        return hostKeys.pinned.source;
    return hostKeys.knownHosts === undefined ? "this machine's known_hosts" : 'known-hosts';
}
function revoked(options) {
    return {
        code: 'host-key-revoked',
        what: `the host key of ${options.host} is marked @revoked in ${source(options)}`,
        hint: 'Do not connect: ask whoever runs the builder which key it has now.',
    };
}
function changed(options, named = {}) {
    const { pinned } = options.hostKeys;
    const host = pinned === undefined ? (named['host'] ?? options.host) : options.host;
    const expected = pinned?.trusted.map((key) => `${key.type} ${(0,public_key/* fingerprint */.Rj)(key)}`).join(' or ');
    const instead = expected === undefined ? '' : `, which is ${expected}`;
    return {
        code: 'host-key-mismatch',
        what: `the host key of ${host} has changed: it is not the one in ${source(options)}${instead}`,
        hint: 'Somebody may be impersonating the builder. Only if its key was really replaced, put the new one, which ' +
            `\`cat /etc/ssh/ssh_host_*_key.pub\` prints on the builder, into ${source(options)} in place of the old one.`,
    };
}
function unknown(options, { host: name }) {
    // A pinned key of another type than those that the host has.
    if (options.hostKeys.pinned !== undefined)
        return changed(options);
    return {
        code: 'host-key-unknown',
        what: `the host key of ${name ?? options.host} is not in ${source(options)}`,
        hint: 'Print it with `cat /etc/ssh/ssh_host_ed25519_key.pub` on the builder itself, and put it behind the name, as in ' +
            `\`${name ?? options.host} ssh-ed25519 AAAA…\`, into ${source(options)}. Hosts on the way (ProxyJump) need a line, too.`,
    };
}
function noCommonKey(options, { offer = '' }) {
    return {
        code: 'host-key-mismatch',
        what: `${options.host} has no host key of a type that is known for it: it offers ${(0,domain_text/* printable */.g$)(offer)}`,
        hint: `Print the keys it has with \`cat /etc/ssh/ssh_host_*_key.pub\` on the builder, and add one to ${source(options)}.`,
    };
}

;// CONCATENATED MODULE: ./ssh/openssh/failure.js





/** What the shell says of a program that is not there (POSIX, 2.8.2). */
const NOT_FOUND = 127;
const UP = 'Is the builder up, and does its firewall let this runner in?';
/** The server was too busy to talk, and may not be soon. */
const TURNED_AWAY = new Set(['ssh-turned-away', 'ssh-closed']);
/** What is known here beyond what the table of texts knows, by its ids. */
const EXPLANATIONS = new Map([
    ['ssh-host-key-revoked', revoked],
    ['ssh-host-key-changed', changed],
    ['ssh-host-key-unknown', unknown],
    ['ssh-host-key-unverified', unknown],
    ['ssh-host-key-types', noCommonKey],
    ['ssh-no-common-algorithm', noHandshake],
    ['ssh-name-unknown', unresolvable],
    ['ssh-denied', denied],
    ['ssh-too-many-keys', denied],
    ['ssh-configuration', badConfiguration],
    ['ssh-refused', noConnection],
    ['ssh-no-answer', failure_noAnswer],
    ['ssh-no-route', noConnection],
    ['ssh-jump-failed', notFromThere],
    ['ssh-no-server', noSsh],
]);
/** Why an OpenSSH client did not get in, as far as it says so: the same errors as of a connection that we make ourselves. */
function clientFailure(options, { code, said }) {
    if (code === undefined || code === NOT_FOUND)
        return missing();
    const cause = said === '' ? undefined : new Error((0,domain_text/* printable */.g$)(said, 2000));
    const found = diagnose(said, { machine: options.host });
    if (found && TURNED_AWAY.has(found.id))
        return turnedAway(options, said, cause);
    const explain = found && EXPLANATIONS.get(found.id);
    if (explain) {
        const { code: errorCode, what, hint } = explain(options, found.named);
        return new domain_errors/* ActionError */.lZ(errorCode, what, { hint: hint ?? found.remedy, cause });
    }
    const reason = found?.line ?? lastLine(said);
    const words = reason === '' ? `ssh ended with code ${code}` : reason;
    const what = `connecting to ${options.host} failed: ${words}`;
    const hint = found?.remedy ?? 'Try `ssh -v` to that host as the user who runs the step.';
    return new domain_errors/* ActionError */.lZ(found?.code ?? 'connection-lost', what, { hint, cause });
}
function turnedAway({ host }, said, cause) {
    const what = `${host} closed the connection before the SSH handshake (${lastLine(said)})`;
    return new handshake_progress/* TurnedAway */.x('host-unreachable', what, {
        hint: "Too many connections at once, perhaps: see sshd's MaxStartups and PerSourcePenalties on the builder.",
        cause,
    });
}
/** Why a connection that was in use is gone. */
function lossReason(said) {
    if (/not responding|timed out/i.test(said))
        return 'the server did not answer any more';
    if (/reset by peer|broken pipe/i.test(said))
        return 'it was reset';
    if (/message authentication code incorrect|Bad packet length|Corrupted/i.test(said)) {
        return `data was damaged on the way (${lastLine(said)})`;
    }
    if (said === '' || /closed by (?:remote host|\S+)/i.test(said))
        return 'the server closed it';
    return lastLine(said);
}
/** The client did not say in time whether it was let in. */
function clientTimedOut({ host }, limitMs) {
    return new domain_errors/* ActionError */.lZ('connect-timeout', `${host} did not let us in within ${limitMs / 1000} s`, {
        hint: 'Is the builder up and not overloaded, and every host on the way to it?',
    });
}
function missing() {
    return new domain_errors/* ActionError */.lZ('input-invalid', 'transport: openssh, but there is no ssh on this machine', {
        hint: 'Install the OpenSSH client on the runner, or leave the input transport out.',
    });
}
function noHandshake(_, { what = '' }) {
    return { code: 'connection-lost', what: `the SSH handshake failed: ${(0,domain_text/* printable */.g$)(what)}` };
}
function unresolvable(_, { host = '' }) {
    return {
        code: 'host-unresolvable',
        what: `the host name ${(0,domain_text/* printable */.g$)(host)} does not resolve`,
        hint: "Is it spelled right, and known to the name servers that this runner uses, or to its user's ssh_config?",
    };
}
function denied({ host, user, identity, env }, { who = '', methods = 'publickey' }) {
    const whom = who === '' ? `${user === undefined ? '' : `${user}@`}${host}` : (0,domain_text/* printable */.g$)(who);
    // As after a key that was taken and is not enough (AuthenticationMethods).
    const wanted = methods.includes('publickey') ? '' : `, and it wants ${(0,domain_text/* printable */.g$)(methods)}`;
    if (identity.kind === 'configured' && env['SSH_AUTH_SOCK'] === undefined) {
        return {
            code: 'credentials-missing',
            what: `${whom} does not let us in${wanted}, and there is nothing to log in with but what ssh_config has: input 'ssh-key' is empty, and there is no agent (SSH_AUTH_SOCK)`,
            hint: 'Secrets are empty in pull requests from forks, and in workflows that Dependabot started.',
        };
    }
    return {
        code: 'authentication-failed',
        what: `${whom} does not let us in: ${offered(identity)}${wanted}`,
        hint: 'Is the user name right, and is the public half of the key a line of his ~/.ssh/authorized_keys there?',
    };
}
function offered(identity) {
    switch (identity.kind) {
        case 'keys':
            return `offered was ${identity.keys.map((key) => `${key.type} ${key.fingerprint}`).join(', ')}`;
        case 'file':
            return `offered was the key in ${identity.path}`;
        case 'configured':
            return 'offered were the keys of the agent and of ssh_config';
    }
}
function badConfiguration(_, { line = '' }) {
    return {
        code: 'input-invalid',
        what: `transport: openssh, but ssh does not take its configuration: ${(0,domain_text/* printable */.g$)(line)}`,
        hint: 'Try `ssh -G HOST` as the user who runs the step.',
    };
}
function noConnection(options, named) {
    const { host = options.host, port = '', reason } = named;
    if (reason === undefined) {
        const what = `${host} refuses connections on port ${port}: nothing listens there`;
        const hint = 'Is sshd running on the builder, and is that its port?';
        return { code: 'host-unreachable', what, hint };
    }
    return {
        code: 'host-unreachable',
        what: `${host}, port ${port}, cannot be reached: ${(0,domain_text/* printable */.g$)(reason)}`,
        hint: 'Is there a route from this runner to the builder?',
    };
}
function failure_noAnswer(options, { host = options.host, port }) {
    const where = port === undefined ? '' : ` on port ${port}`;
    return { code: 'connect-timeout', what: `${host} did not answer${where}`, hint: UP };
}
function notFromThere({ host }, { reason }) {
    const why = reason === undefined ? 'it does not say why' : (0,domain_text/* printable */.g$)(reason);
    return {
        code: 'host-unreachable',
        what: `${host} cannot be reached from the host on the way to it: ${why}`,
        hint: UP,
    };
}
function noSsh({ host }) {
    return { code: 'protocol-mismatch', what: `what listens on ${host} is no SSH server` };
}
function lastLine(said) {
    const lines = said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
    return (0,domain_text/* printable */.g$)(lines.at(-1) ?? '');
}

;// CONCATENATED MODULE: ./ssh/openssh/stream.js




const stream_READ_AHEAD = 256 * 1024;
/** A channel as a stream, and what it tells besides. */
class MuxStream extends external_node_stream_namespaceObject.Duplex {
    /** For the channel, from the moment it is asked for. */
    listener;
    /** Standard error; what nobody listens to is dropped. */
    stderr;
    /** Settles once all output was received, or the connection lost; never rejects. */
    exit;
    #diagnostics;
    #windowBytes;
    #ended = Promise.withResolvers();
    #status = { code: undefined, signal: undefined };
    #channel;
    #isOpen = true;
    #waiting;
    /** @param windowBytes what may be in flight and unread, as it is known by now */
    constructor(windowBytes) {
        super({ allowHalfOpen: false, readableHighWaterMark: stream_READ_AHEAD });
        this.#windowBytes = windowBytes;
        this.stderr = new external_node_stream_namespaceObject.Readable({ read: () => this.#refill() }).resume();
        this.#diagnostics = new Diagnostics(this.stderr);
        this.listener = {
            data: (chunk) => this.#receive(chunk, this),
            stderr: (chunk) => this.#receive(chunk, this.stderr),
            eof: () => this.push(null),
            exited: (status) => (this.#status = status),
            writable: () => this.#sendWaiting(),
            closed: () => this.#closedByRemote(),
        };
        // Whoever reads or writes is told of an error; where nobody does, a lost connection must not end the process.
        this.on('error', () => undefined);
        this.exit = this.#ended.promise.then(() => this.#status);
    }
    /** The last that came on standard error. */
    diagnostics() {
        return this.#diagnostics.text();
    }
    /** Takes the channel once it is open; nobody may want it any more. */
    attach(channel) {
        this.#channel = channel;
        if (this.#isOpen)
            this.#refill();
        else
            channel.close();
    }
    /** Ends the stream with the reason why its connection is gone, unless the far side had ended it before. */
    connectionLost(reason) {
        this.#ended.resolve(undefined);
        if (!this.#isOpen)
            return;
        this.#isOpen = false;
        this.stderr.push(null);
        this.destroy(reason);
    }
    _read() {
        this.#refill();
    }
    _write(chunk, _encoding, done) {
        if (chunk.length === 0)
            done();
        else
            this.#send(chunk, done);
    }
    _writev(chunks, done) {
        const batches = writeBatches(chunks.map(({ chunk }) => chunk));
        const writeNext = (error) => {
            const next = batches.shift();
            if (error || next === undefined)
                done(error);
            else
                this._write(next, 'utf8', writeNext);
        };
        writeNext();
    }
    _final(done) {
        if (this.#isOpen)
            this.#channel?.eof();
        done();
    }
    _destroy(error, done) {
        if (this.#isOpen) {
            this.#isOpen = false;
            this.#channel?.close();
        }
        done(error);
    }
    #receive(chunk, reader) {
        // What still arrives after the end is thrown away.
        if (!this.destroyed)
            reader.push(chunk);
        this.#refill();
    }
    /** What was received and not read counts against the window, so a reader that pauses holds at most one window in memory. */
    #refill() {
        if (!this.#isOpen || !this.#channel)
            return;
        const bytes = this.#windowBytes();
        const unread = this.readableLength + this.stderr.readableLength;
        const grant = bytes - this.#channel.receiveWindow - unread;
        // In few and large steps: each costs a packet.
        if (grant >= bytes / 8)
            this.#channel.grant(grant);
    }
    #send(chunk, done) {
        if (!this.#isOpen || !this.#channel) {
            done(closedByRemote());
            return;
        }
        const rest = this.#channel.write(chunk, () => done());
        if (rest.length > 0)
            this.#waiting = { rest, done };
    }
    #sendWaiting() {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        if (waiting)
            this.#send(waiting.rest, waiting.done);
    }
    #closedByRemote() {
        this.#isOpen = false;
        const waiting = this.#waiting;
        this.#waiting = undefined;
        waiting?.done(closedByRemote());
        this.stderr.push(null);
        if (!this.destroyed)
            this.push(null);
        this.#ended.resolve(undefined);
    }
}

;// CONCATENATED MODULE: ./ssh/openssh/connection.js









/**
 * Bytes. What arrives faster than we read it waits in the client, whose buffer takes a copy of itself for every packet that makes it grow
 * (sshbuf.c): with 8 MiB of them it carries a quarter of what it does with 2 (OpenSSH 9.2).
 */
const connection_WIDEST_WINDOW = 4 * 1024 * 1024;
/** Milliseconds from the end of the control socket to the client's last words. */
const connection_LAST_WORDS = 500;
/** A connection that the machine's own OpenSSH client keeps, and channels of ours on it. */
class OpensshConnection {
    label;
    user;
    closed;
    #process;
    #multiplexer;
    #channelMs;
    #fixedWindow;
    #streams = new Set();
    #settleClosed;
    #roundTripMs = 0;
    #gone;
    constructor({ options, timeouts, user, process, multiplexer }) {
        this.label = connectionLabel(user, options);
        this.user = user;
        this.#process = process;
        this.#multiplexer = multiplexer;
        this.#channelMs = timeouts.channelMs;
        this.#fixedWindow = options.windowBytes;
        const { promise, resolve } = Promise.withResolvers();
        this.closed = promise;
        this.#settleClosed = resolve;
        multiplexer.onEnd(() => void this.#lose());
        // Channels that are asked for meanwhile are answered after it.
        void multiplexer.measureRoundTrip().then((ms) => (this.#roundTripMs = ms));
    }
    /** 0 until the server has answered anything. */
    get roundTripMs() {
        return this.#roundTripMs;
    }
    /** Without what encryption adds. */
    get bytesReceived() {
        return this.#multiplexer.bytesReceived;
    }
    get bytesSent() {
        return this.#multiplexer.bytesSent;
    }
    /** As OpenSSH's servers have them (its PROTOCOL, 2.4). */
    async openSocket(path) {
        const details = Buffer.concat([(0,wire/* sshString */._G)(path), (0,wire/* sshString */._G)(''), (0,wire/* uint32 */.S8)(0)]);
        const duplex = await this.#within(`a channel to the socket ${path}`, async (stream) => {
            await this.#open('direct-streamlocal@openssh.com', details, stream);
        });
        return { duplex, diagnostics: () => '' };
    }
    async exec(command) {
        const line = typeof command === 'string' ? command : quoteCommand(command);
        const duplex = await this.#within(`the command ${line}`, async (stream) => {
            const channel = await this.#open('session', Buffer.alloc(0), stream);
            if (!(await channel.exec(line)))
                throw new Error('the server does not run it');
        });
        const { stderr, exit } = duplex;
        return { duplex, stderr, exit, diagnostics: () => duplex.diagnostics() };
    }
    close() {
        const reason = `the connection to ${this.label} was closed`;
        if (this.#end(new domain_errors/* ActionError */.lZ('connection-lost', reason)))
            this.#settleClosed(undefined);
    }
    /** @throws ActionError `channel-refused`, also when it takes too long, or `connection-lost` */
    async #within(what, open) {
        if (this.#gone !== undefined)
            throw this.#gone;
        const stream = new MuxStream(() => this.#windowBytes());
        this.#streams.add(stream);
        stream.once('close', () => this.#streams.delete(stream));
        const asked = { what, label: this.label, timeoutMs: this.#channelMs };
        const late = Promise.withResolvers();
        const timer = setTimeout(() => late.reject(noAnswer(asked)), asked.timeoutMs);
        try {
            await Promise.race([open(stream), late.promise]);
            return stream;
        }
        catch (error) {
            stream.destroy();
            throw await this.#reasonFor(error, asked);
        }
        finally {
            clearTimeout(timer);
        }
    }
    async #reasonFor(error, asked) {
        const isLost = error instanceof domain_errors/* ActionError */.lZ && error.code === 'connection-lost';
        // Why it was lost is about to be known.
        if (isLost)
            await this.closed;
        if (this.#gone !== undefined)
            return this.#gone;
        const isLate = error instanceof domain_errors/* ActionError */.lZ && error.message === noAnswer(asked).message;
        return isLate ? error : channelRefused(asked, error);
    }
    async #open(type, details, stream) {
        const { listener } = stream;
        const window = this.#windowBytes();
        const channel = await this.#multiplexer.open({ type, details, listener, window });
        stream.attach(channel);
        return channel;
    }
    #windowBytes() {
        return this.#fixedWindow ?? Math.min(windowFor(this.#roundTripMs), connection_WIDEST_WINDOW);
    }
    async #lose() {
        await Promise.race([this.#process.ended, (0,promises_namespaceObject.setTimeout)(connection_LAST_WORDS)]);
        const why = lossReason(this.#process.said);
        const message = `the connection to ${this.label} was lost: ${why}`;
        const reason = new domain_errors/* ActionError */.lZ('connection-lost', message);
        if (this.#end(reason))
            this.#settleClosed(reason);
    }
    /** @returns whether this is the first reason, the one that counts */
    #end(reason) {
        if (this.#gone !== undefined)
            return false;
        this.#gone = reason;
        for (const stream of this.#streams)
            stream.connectionLost(reason);
        this.#multiplexer.close();
        this.#process.close();
        return true;
    }
}

;// CONCATENATED MODULE: ./ssh/openssh/messages.js
/** Messages between the OpenSSH client and us (its PROTOCOL.mux). */
const MUX = {
    hello: 0x00000001,
    proxyRequest: 0x1000000f,
    proxyGranted: 0x8000000f,
};
const MUX_VERSION = 4;
/** Messages of SSH's connection protocol (RFC 4254, 9). */
const MESSAGE = {
    globalRequest: 80,
    requestFailure: 82,
    open: 90,
    openConfirmation: 91,
    openFailure: 92,
    windowAdjust: 93,
    data: 94,
    extendedData: 95,
    eof: 96,
    close: 97,
    request: 98,
    success: 99,
    failure: 100,
};
/** The only kind of extended data there is (RFC 4254, 5.2). */
const STDERR = 1;
/** What OpenSSH reads at a time, and what every SSH software takes (RFC 4253, 6.1). */
const MAX_PACKET = 32 * 1024;

;// CONCATENATED MODULE: ./ssh/openssh/channel.js


const nothing = () => undefined;
/** For a channel that is not meant to open. */
const UNHEARD = {
    data: nothing,
    stderr: nothing,
    eof: nothing,
    exited: nothing,
    writable: nothing,
    closed: nothing,
};
/** One channel (RFC 4254, 5), open when it is made. */
class Channel {
    #remote;
    #listener;
    #host;
    #largest;
    #requests = [];
    #sendWindow;
    #receiveWindow;
    #closeSent = false;
    constructor(remote, listener, receiveWindow, host) {
        this.#remote = remote;
        this.#listener = listener;
        this.#host = host;
        this.#largest = Math.max(1, Math.min(remote.packet, MAX_PACKET));
        this.#sendWindow = remote.window;
        this.#receiveWindow = receiveWindow;
    }
    /** Bytes that the far side may still send. */
    get receiveWindow() {
        return this.#receiveWindow;
    }
    /** Lets the far side send so many more bytes. */
    grant(bytes) {
        if (this.#closeSent)
            return;
        this.#receiveWindow += bytes;
        this.#send(MESSAGE.windowAdjust, [(0,wire/* uint32 */.S8)(bytes)]);
    }
    /** Runs a command. @returns whether the server did */
    exec(command) {
        const { promise, resolve } = Promise.withResolvers();
        this.#requests.push(resolve);
        this.#send(MESSAGE.request, [(0,wire/* sshString */._G)('exec'), Buffer.of(1), (0,wire/* sshString */._G)(command)]);
        return promise;
    }
    /**
     * Sends what the far side has room for.
     * @param done called when all of it was handed over
     * @returns the rest, to be sent once the listener's `writable` is called
     */
    write(chunk, done) {
        const room = Math.min(chunk.length, this.#sendWindow);
        this.#sendWindow -= room;
        for (let at = 0; at < room; at += this.#largest) {
            const part = chunk.subarray(at, Math.min(at + this.#largest, room));
            const isLast = at + part.length === chunk.length;
            this.#send(MESSAGE.data, [(0,wire/* uint32 */.S8)(part.length), part], isLast ? done : undefined);
        }
        return chunk.subarray(room);
    }
    /** Says that no more data is sent. */
    eof() {
        if (!this.#closeSent)
            this.#send(MESSAGE.eof);
    }
    /** Ends it for both sides. Idempotent. */
    close() {
        if (this.#closeSent)
            return;
        this.#closeSent = true;
        this.#send(MESSAGE.close);
    }
    /** @param message behind its type and the channel's number */
    receive(type, message) {
        switch (type) {
            case MESSAGE.windowAdjust:
                this.#sendWindow += message.uint32();
                this.#listener.writable();
                break;
            case MESSAGE.data:
                this.#listener.data(this.#received(message));
                break;
            case MESSAGE.extendedData:
                if (message.uint32() === STDERR)
                    this.#listener.stderr(this.#received(message));
                break;
            case MESSAGE.eof:
                this.#listener.eof();
                break;
            case MESSAGE.request:
                this.#requested(message);
                break;
            case MESSAGE.success:
            case MESSAGE.failure:
                this.#requests.shift()?.(type === MESSAGE.success);
                break;
            case MESSAGE.close:
                this.#closed();
        }
    }
    #received(message) {
        const data = message.string();
        this.#receiveWindow -= data.length;
        return data;
    }
    #requested(message) {
        const name = message.text();
        const wantsReply = message.byte() !== 0;
        if (name === 'exit-status') {
            this.#listener.exited({ code: message.uint32(), signal: undefined });
        }
        else if (name === 'exit-signal') {
            this.#listener.exited({ code: undefined, signal: `SIG${message.text()}` });
        }
        if (wantsReply)
            this.#send(MESSAGE.failure);
    }
    #closed() {
        this.close();
        this.#host.forget();
        for (const answer of this.#requests.splice(0))
            answer(false);
        this.#listener.closed();
    }
    #send(type, parts = [], done) {
        this.#host.send([Buffer.of(type), (0,wire/* uint32 */.S8)(this.#remote.id), ...parts], done);
    }
}

;// CONCATENATED MODULE: ./ssh/openssh/multiplexer.js







/** Of a channel that nobody provides. */
const PING = 'ping@nix-remote-build';
/**
 * Channels of our own on the connection of a running OpenSSH client, through its control socket in proxy mode (PROTOCOL.mux, 7; since
 * OpenSSH 7.4): SSH's connection protocol without encryption, to which the client does no more than to number channels anew. So
 * there is no process for each channel, the server's own answers are seen, and windows are ours to size.
 */
class Multiplexer {
    #socket;
    #splitter = new PacketSplitter();
    #opening = new Map();
    #channels = new Map();
    #ready = Promise.withResolvers();
    #handle = (packet) => this.#handleMux(packet);
    #nextId = 0;
    constructor(socket) {
        this.#socket = socket;
        this.#ready.promise.catch(() => undefined);
        socket.on('data', (chunk) => this.#receive(chunk));
        // What was wrong with a local socket says nothing of the connection: its end does.
        socket.on('error', () => undefined);
        socket.on('close', () => this.#end());
    }
    /**
     * @param path of the client's control socket
     * @throws Error when the client ends meanwhile, or is too old
     */
    static async connect(path) {
        const socket = (0,external_node_net_namespaceObject.connect)(path);
        await (0,external_node_events_namespaceObject.once)(socket, 'connect');
        const multiplexer = new Multiplexer(socket);
        multiplexer.#write([(0,wire/* uint32 */.S8)(MUX.hello), (0,wire/* uint32 */.S8)(MUX_VERSION)]);
        multiplexer.#write([(0,wire/* uint32 */.S8)(MUX.proxyRequest), (0,wire/* uint32 */.S8)(0)]);
        await multiplexer.#ready.promise;
        return multiplexer;
    }
    get bytesReceived() {
        return this.#socket.bytesRead;
    }
    get bytesSent() {
        return this.#socket.bytesWritten - this.#socket.writableLength;
    }
    /** Calls back once the client has ended this. */
    onEnd(listener) {
        if (this.#socket.closed)
            listener();
        else
            this.#socket.once('close', listener);
    }
    /** @throws ActionError `channel-refused`, its message the server's reason alone, or `connection-lost` */
    open(request) {
        const id = this.#takeId();
        const opened = Promise.withResolvers();
        if (this.#socket.destroyed)
            opened.reject(gone());
        else
            this.#opening.set(id, { request, opened });
        const { type, details, window } = request;
        const shape = [(0,wire/* uint32 */.S8)(id), (0,wire/* uint32 */.S8)(window), (0,wire/* uint32 */.S8)(MAX_PACKET)];
        this.send([Buffer.of(MESSAGE.open), (0,wire/* sshString */._G)(type), ...shape, details]);
        return opened.promise;
    }
    /**
     * Milliseconds until the server refuses a channel that nobody provides: one round trip, and no work for it. It answers the first one late
     * where it waits for our acknowledgement of what it said before: sshd leaves Nagle's algorithm on until a program was started.
     */
    async measureRoundTrip() {
        const first = await this.#ping();
        return Math.min(first, await this.#ping());
    }
    async #ping() {
        const began = performance.now();
        const details = Buffer.alloc(0);
        await this.open({ type: PING, details, listener: UNHEARD, window: 0 }).catch(() => undefined);
        return performance.now() - began;
    }
    /**
     * Sends a message of the connection protocol.
     * @param done called when the client was handed it, or is gone
     */
    send(parts, done) {
        this.#write([Buffer.of(0), ...parts], done);
    }
    close() {
        this.#socket.destroy();
    }
    #write(parts, done) {
        const length = parts.reduce((sum, part) => sum + part.length, 0);
        this.#socket.write(Buffer.concat([(0,wire/* uint32 */.S8)(length), ...parts]), done);
    }
    #takeId() {
        do
            this.#nextId = (this.#nextId + 1) % 2 ** 31;
        while (this.#channels.has(this.#nextId) || this.#opening.has(this.#nextId));
        return this.#nextId;
    }
    #receive(chunk) {
        try {
            for (const packet of this.#splitter.push(chunk))
                this.#handle(packet);
        }
        catch (error) {
            this.#ready.reject(error);
            this.#socket.destroy();
        }
    }
    #handleMux(packet) {
        const fields = new wire/* Fields */.C8(packet);
        const type = fields.uint32();
        if (type === MUX.hello)
            return;
        if (type !== MUX.proxyGranted)
            throw tooOld();
        this.#handle = (message) => this.#handleMessage(message);
        this.#ready.resolve(undefined);
    }
    #handleMessage(packet) {
        // The first byte is the length of the padding, of which there is none.
        const type = packet.readUInt8(1);
        const message = new wire/* Fields */.C8(packet.subarray(2));
        if (type < MESSAGE.open)
            return;
        const id = message.uint32();
        if (type === MESSAGE.openConfirmation)
            this.#confirmed(id, message);
        else if (type === MESSAGE.openFailure)
            this.#refused(id, message);
        else
            this.#channels.get(id)?.receive(type, message);
    }
    #confirmed(id, message) {
        const opening = this.#opening.get(id);
        if (!opening)
            return;
        this.#opening.delete(id);
        const { listener, window } = opening.request;
        const remote = { id: message.uint32(), window: message.uint32(), packet: message.uint32() };
        const channel = new Channel(remote, listener, window, {
            send: (parts, done) => this.send(parts, done),
            forget: () => this.#channels.delete(id),
        });
        this.#channels.set(id, channel);
        opening.opened.resolve(channel);
    }
    #refused(id, message) {
        const opening = this.#opening.get(id);
        this.#opening.delete(id);
        message.uint32(); // a number for the reason, of which the text says more
        const reason = message.text() || 'the server gives no reason';
        opening?.opened.reject(new domain_errors/* ActionError */.lZ('channel-refused', reason));
    }
    #end() {
        this.#ready.reject(gone());
        for (const { opened } of this.#opening.values())
            opened.reject(gone());
        this.#opening.clear();
    }
}
function gone() {
    return new domain_errors/* ActionError */.lZ('connection-lost', 'the OpenSSH client has ended');
}
function tooOld() {
    return new domain_errors/* ActionError */.lZ('input-invalid', 'the OpenSSH client of this machine is too old', {
        hint: 'transport: openssh needs OpenSSH 7.6 or newer on the runner.',
    });
}

;// CONCATENATED MODULE: ./ssh/openssh/connect.js
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










/**
 * Connects with the machine's own OpenSSH client.
 * @throws ActionError of group "reaching the remote", `input-invalid` where there is no client that can be used, or `cancelled`
 */
async function connectOpenssh(options, timeouts) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        refuseUser(options.user);
        const opened = __addDisposableResource(env_1, new AsyncDisposableStack(), true);
        const folder = await (0,external_node_fs_promises_namespaceObject.mkdtemp)(external_node_path_.join(options.directory, 'ssh-'));
        opened.defer(() => (0,external_node_fs_promises_namespaceObject.rm)(folder, { recursive: true, force: true }));
        const files = clientFiles(folder);
        await writeFiles(options, files, timeouts);
        const client = await logIn(options, files, timeouts, opened);
        const { process, user } = client;
        const multiplexer = await Multiplexer.connect(files.control).catch(async (error) => {
            if (error instanceof domain_errors/* ActionError */.lZ && error.code === 'input-invalid')
                throw error;
            process.close(); // it may live on without its control socket
            throw clientFailure(options, { code: await process.ended, said: process.said });
        });
        const connection = new OpensshConnection({ options, timeouts, user, process, multiplexer });
        const resources = opened.move();
        void connection.closed.finally(() => resources.disposeAsync());
        options.onRequestable?.(connection);
        return connection;
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** The client hands the name on to a shell, and older ones take any. */
function refuseUser(user) {
    // eslint-disable-next-line no-control-regex
    if (user === undefined || !/['\u0000-\u001f\u007f]/.test(user))
        return;
    throw new domain_errors/* ActionError */.lZ('input-invalid', `${JSON.stringify(user)} is no user to log in as`, {
        hint: 'With transport: openssh a user name holds no quotes and no control characters.',
    });
}
async function writeFiles(options, files, timeouts) {
    const { knownHosts, pinned } = options.hostKeys;
    const version = await clientVersion(options.env);
    await Promise.all([
        (0,external_node_fs_promises_namespaceObject.writeFile)(files.configuration, clientConfiguration(options, files, timeouts, version)),
        knownHosts !== undefined && (0,external_node_fs_promises_namespaceObject.writeFile)(files.knownHosts, knownHostsFile(knownHosts)),
        pinned && (0,external_node_fs_promises_namespaceObject.writeFile)(files.pinned, pinnedLines(pinned)),
    ]);
}
/** Our agent is there as long as this takes: nothing is signed on a connection once it is made. */
async function logIn(options, files, timeouts, opened) {
    const { identity, env, signal } = options;
    const keys = identity.kind === 'keys' ? identity.keys : undefined;
    const agent = keys && (await KeyAgent.listen(files.agent, keys));
    // Clients for the hosts on the way are started by that one.
    const agentEnv = keys ? { SSH_AUTH_SOCK: files.agent } : {};
    const words = clientArguments(options, files);
    const process = ClientProcess.start(words, { ...env, ...agentEnv, SSH_ASKPASS_REQUIRE: 'never' });
    opened.defer(() => process.close());
    const { tcpMs, handshakeMs, authenticationMs } = timeouts;
    const limitMs = tcpMs + handshakeMs + authenticationMs;
    const { promise: stopped, reject } = Promise.withResolvers();
    const timer = setTimeout(() => reject(clientTimedOut(options, limitMs)), limitMs);
    const onAbort = () => reject(cancelled(options));
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true)
        onAbort();
    try {
        const user = await Promise.race([process.ready(), stopped]);
        if (user !== undefined)
            return { process, user };
        throw clientFailure(options, { code: await process.ended, said: process.said });
    }
    finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        agent?.close();
    }
}
function cancelled({ host }) {
    return new domain_errors/* ActionError */.lZ('cancelled', `connecting to ${host} was cancelled`);
}

;// CONCATENATED MODULE: ./ssh/options.js
/** With these a dead link is found within 48 s. */
const DEFAULT_TIMEOUTS = {
    tcpMs: 15_000,
    handshakeMs: 15_000,
    authenticationMs: 20_000,
    channelMs: 15_000,
    keepAlive: { intervalMs: 12_000, silentIntervals: 3 },
    retryMs: [500, 1000, 2000, 4000],
};

;// CONCATENATED MODULE: ./ssh/read-buffers.js
/** Bytes read at once. */
const SIZE = 512 * 1024;
/** Shorter chunks are copied: it costs nothing, and ssh2 keeps parts of its first packets, which are not encrypted yet. */
const SHORT = 32 * 1024;
/**
 * Reads a socket into two buffers in turn, where Node would make one for every 64 KiB: half of the garbage of a copy.
 *
 * Two, because ssh2 may keep the encrypted rest of a packet until the bytes that authenticate it are there (chacha20-poly1305 in its
 * lib/protocol/crypto.js): those are fewer than any chunk that makes the buffers change places.
 * @param onChunk gets each chunk, which holds until the next but one comes
 */
function readIntoTwoBuffers(onChunk) {
    let current = Buffer.allocUnsafeSlow(SIZE);
    let other = Buffer.allocUnsafeSlow(SIZE);
    return {
        buffer: () => current,
        callback(size) {
            const chunk = current.subarray(0, size);
            if (size < SHORT) {
                onChunk(Buffer.from(chunk));
            }
            else {
                [current, other] = [other, current];
                onChunk(chunk);
            }
            return true;
        },
    };
}

;// CONCATENATED MODULE: ./ssh/tcp.js



/** Node gives up on an address after 250 ms by default, which a slow link needs for one round trip. */
const ADDRESS_ATTEMPT_MS = 3000;
/**
 * A TCP connection with Nagle's algorithm off: ssh2 leaves it on, and every small exchange would wait 44 ms. It is paused: what the server
 * says, or that it hangs up, comes once somebody listens and resumes it.
 * @throws ActionError `host-unresolvable`, `host-unreachable`, `connect-timeout`, `cancelled`
 */
function connectTcp(host, port, timeoutMs, signal) {
    return new Promise((resolve, reject) => {
        const socket = (0,external_node_net_namespaceObject.connect)({
            host,
            port,
            noDelay: true,
            autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
            onread: readIntoTwoBuffers((chunk) => socket.emit('data', chunk)),
        });
        socket.pause();
        const timer = setTimeout(() => fail(timedOut(host, port, timeoutMs)), timeoutMs);
        const onAbort = () => fail(tcp_cancelled(host));
        const settle = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', onAbort);
            socket.removeListener('connect', onConnect);
            socket.removeListener('error', onError);
        };
        const fail = (error) => {
            settle();
            // A destroyed socket may still report how its attempt ended.
            socket.on('error', () => undefined).destroy();
            reject(error);
        };
        const onConnect = () => {
            settle();
            resolve(socket);
        };
        const onError = (error) => fail(connectFailure(host, port, error));
        socket.once('connect', onConnect).once('error', onError);
        if (signal?.aborted === true)
            onAbort();
        else
            signal?.addEventListener('abort', onAbort);
    });
}
function timedOut(host, port, timeoutMs) {
    return new domain_errors/* ActionError */.lZ('connect-timeout', `${host} did not answer on port ${port} within ${timeoutMs / 1000} s`, { hint: 'Is the builder up, and does its firewall let this runner in?' });
}
function tcp_cancelled(host) {
    return new domain_errors/* ActionError */.lZ('cancelled', `connecting to ${host} was cancelled`);
}
/** With several addresses tried, the reasons are in an AggregateError. */
function connectFailure(host, port, error) {
    const reason = error instanceof AggregateError ? (0,domain_errors/* toError */.iT)(error.errors[0]) : error;
    const code = 'code' in reason ? String(reason.code) : '';
    switch (code) {
        case 'ENOTFOUND':
        case 'EAI_AGAIN':
        case 'EAI_NODATA':
            return new domain_errors/* ActionError */.lZ('host-unresolvable', `the host name ${host} does not resolve`, {
                hint: 'Is it spelled right, and known to the name servers that this runner uses? A name that only ssh_config knows takes transport: openssh.',
                cause: error,
            });
        case 'ECONNREFUSED':
            return new domain_errors/* ActionError */.lZ('host-unreachable', `${host} refuses connections on port ${port}: nothing listens there`, { hint: 'Is sshd running on the builder, and is that its port?', cause: error });
        case 'ETIMEDOUT':
            return new domain_errors/* ActionError */.lZ('connect-timeout', `${host} did not answer on port ${port}`, {
                hint: 'Is the builder up, and does its firewall let this runner in?',
                cause: error,
            });
        default:
            return new domain_errors/* ActionError */.lZ('host-unreachable', `${host}, port ${port}, cannot be reached: ${code === '' ? reason.message : code}`, { hint: 'Is there a route from this runner to the builder?', cause: error });
    }
}

;// CONCATENATED MODULE: ./ssh/connection.js







/**
 * Connects and authenticates, with the client that is asked for; tries again for some seconds where the server is too busy to talk.
 * @throws ActionError of group "reaching the remote", or `cancelled`
 */
async function connectSsh(options) {
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    for (const waitMs of timeouts.retryMs) {
        try {
            return await connectOnce(options, timeouts);
        }
        catch (error) {
            if (!(error instanceof handshake_progress/* TurnedAway */.x))
                throw error;
            // Clients that were turned away together must not come back together.
            await pause(waitMs * (0.5 + Math.random()), options);
        }
    }
    return connectOnce(options, timeouts);
}
async function pause(ms, { host, signal }) {
    try {
        await (0,promises_namespaceObject.setTimeout)(ms, undefined, signal === undefined ? {} : { signal });
    }
    catch (error) {
        throw new domain_errors/* ActionError */.lZ('cancelled', `connecting to ${host} was cancelled`, { cause: error });
    }
}
async function connectOnce(options, timeouts) {
    if (options.transport === 'openssh')
        return connectOpenssh(options, timeouts);
    // Loaded only where it is used, and while the way to the machine is waited for; what that says meanwhile is not read yet.
    const loading = Promise.all(/* import() */[__nccwpck_require__.e(362), __nccwpck_require__.e(503)]).then(__nccwpck_require__.bind(__nccwpck_require__, 6503));
    loading.catch(() => undefined); // waited for below, unless connecting fails first
    const socket = await connectTcp(options.host, options.port, timeouts.tcpMs, options.signal);
    const { shakeHands } = await loading;
    return shakeHands(socket, options, timeouts, (handshake) => {
        const connection = new Connection(socket, handshake, options, timeouts);
        options.onRequestable?.(connection);
        return connection;
    });
}

;// CONCATENATED MODULE: ./ssh/worker-channel.js


/** Where nix-daemon listens unless it was built with another state folder. */
const DAEMON_SOCKET = '/nix/var/nix/daemon-socket/socket';
/** The command that serves the worker protocol, put together as Nix does it (ssh-store.cc, SSHStore::openConnection). */
function workerCommand(program) {
    const words = program.remoteProgram.length > 0 ? program.remoteProgram : ['nix-daemon'];
    const store = program.remoteStore === undefined ? [] : ['--store', program.remoteStore];
    return [...words, '--stdio', ...store, ...(program.daemonArgs ?? [])];
}
/**
 * Connects and opens a worker channel in as few round trips as the server allows.
 * @throws ActionError as `connectSsh` and {@link openWorkerChannel}
 */
async function connectWorker(options, program) {
    let requested;
    const connection = await connectSsh({
        ...options,
        onRequestable: (requestable) => {
            requested = openWorkerChannel(requestable, program);
            // Where we are not let in, that is the error to show.
            requested.catch(() => undefined);
            options.onRequestable?.(requestable);
        },
    });
    try {
        return { connection, channel: await (requested ?? openWorkerChannel(connection, program)) };
    }
    catch (error) {
        connection.close();
        throw error;
    }
}
/**
 * Opens a channel to a Nix daemon. Unless the URI asks for a program or store of its own, the daemon's socket and
 * `nix-daemon --stdio` are requested together, so that a remote without the one costs no further round trip: the socket
 * is taken if it opens, and the other closed.
 *
 * The program has a use even where the socket opens: sshd leaves Nagle's algorithm on until a program was started on a
 * connection, and an answer written in several pieces would wait for our acknowledgement of the first.
 * @throws ActionError `channel-refused` if neither opens, or `connection-lost`
 */
async function openWorkerChannel(connection, program) {
    const exec = () => connection.exec(workerCommand(program));
    if (wantsOwnProgram(program))
        return { kind: 'exec', ...(await exec()) };
    const socket = connection.openSocket(program.daemonSocket ?? DAEMON_SOCKET);
    const spare = haveSocket.has(connection) ? undefined : exec();
    // Refused or lost, it matters only if it is waited for.
    spare?.catch(() => undefined);
    try {
        const stream = await socket;
        haveSocket.add(connection);
        spare?.then(({ duplex }) => duplex.destroy()).catch(() => undefined);
        return { kind: 'socket', ...stream };
    }
    catch (error) {
        const reason = (0,domain_errors/* toError */.iT)(error);
        const stream = await (spare ?? exec()).catch(neitherOpens(connection, reason));
        return { kind: 'exec', ...stream };
    }
}
/** Connections on which the daemon's socket has opened: the next channel needs no program to fall back on. */
const haveSocket = new WeakSet();
function wantsOwnProgram({ remoteProgram, remoteStore }) {
    return remoteProgram.length > 0 || remoteStore !== undefined;
}
function neitherOpens(connection, socketError) {
    return (error) => {
        if (error instanceof domain_errors/* ActionError */.lZ && error.code === 'connection-lost')
            throw error;
        throw new domain_errors/* ActionError */.lZ('channel-refused', `${connection.label} opens neither the Nix daemon's socket nor \`nix-daemon --stdio\`: ` +
            `${socketError.message}; ${(0,domain_errors/* toError */.iT)(error).message}`, {
            hint: 'The key needs the right to run `nix-daemon --stdio` on the builder, as a forced command for instance, ' +
                "and sshd's MaxSessions must allow two of them at once.",
            cause: error,
        });
    };
}

;// CONCATENATED MODULE: ./tunnel/further-connections.js
/** What is waited for at most beside the first connection. */
const further_connections_MOST = 32;
/**
 * Connections to one remote beside the first. Where its sshd allows fewer programs on a connection than Nix has builds for it, none may
 * wait for another's end: Nix that connects for a build listens to no other meanwhile (`tryBuildHook`), so that one with much to say would
 * wait for Nix, and Nix for it.
 */
class FurtherConnections {
    #connect;
    #all = new Set();
    #adding;
    #closing = new AbortController();
    constructor(connect) {
        this.#connect = connect;
    }
    /**
     * Opens a channel on one that has room for it, or on a new one.
     * @param open on one connection
     * @returns undefined where there can be no further connection
     */
    async open(signal, open) {
        for (const each of [...this.#all].filter(({ isFull }) => !isFull)) {
            const stream = await this.#openOn(each, open);
            if (stream)
                return stream;
        }
        // Who is refused at the same time shares one more: it has room for several.
        this.#adding ??= this.#add(signal).finally(() => (this.#adding = undefined));
        const added = await this.#adding;
        if (!added)
            return undefined;
        const stream = await this.#openOn(added, open);
        // Others may have taken all of it; one on which nothing opens for anybody is no reason for more.
        return stream ?? (added.channels > 0 ? this.open(signal, open) : undefined);
    }
    /** Ends them all, those too that are about to be made. */
    close() {
        this.#closing.abort();
        for (const { connection } of this.#all)
            connection.close();
    }
    async #openOn(each, open) {
        each.channels += 1;
        const stream = await open(each.connection).catch(() => undefined);
        if (stream === undefined) {
            each.channels -= 1;
            each.isFull = true;
            if (each.channels === 0)
                this.#drop(each);
            return undefined;
        }
        stream.duplex.once('close', () => {
            each.channels -= 1;
            each.isFull = false;
        });
        return stream;
    }
    async #add(signal) {
        if (this.#isClosed() || this.#all.size >= further_connections_MOST)
            return undefined;
        const connection = await this.#connect(signal).catch(() => undefined);
        if (connection === undefined)
            return undefined;
        if (this.#isClosed()) {
            connection.close();
            return undefined;
        }
        const added = { connection, channels: 0, isFull: false };
        this.#all.add(added);
        void connection.closed.then(() => this.#all.delete(added));
        return added;
    }
    #isClosed() {
        return this.#closing.signal.aborted;
    }
    /** One on which nothing opens is of no use. */
    #drop(each) {
        this.#all.delete(each);
        each.connection.close();
    }
}

;// CONCATENATED MODULE: ./tunnel/spare.js
/** How long a channel is kept that nobody asks for, milliseconds: a process waits at its other end. */
const KEPT_MS = 30_000;
/**
 * A channel that is opened before somebody asks for it, which spares him a round trip. Nix connects anew for each build, and while it
 * connects it starts no other (build-remote.cc); so this one is always ready for the next.
 */
class SpareChannel {
    #open;
    #connection;
    #opening;
    #expiry;
    #isClosed = false;
    constructor(open) {
        this.#open = open;
    }
    /** Opens one, if there is none on this connection yet. */
    prepare(connection) {
        if (this.#isClosed || (this.#opening && this.#connection === connection))
            return;
        this.#drop();
        const opening = this.#open(connection).then(watchEnd, () => undefined);
        this.#connection = connection;
        this.#opening = opening;
        this.#expiry = setTimeout(() => this.#drop(), KEPT_MS).unref();
    }
    /** The channel, which is the caller's from now on; undefined if there is none on this connection. */
    async take(connection) {
        if (this.#connection !== connection)
            return undefined;
        const stream = await this.#forget();
        return stream?.duplex.destroyed === false ? stream : undefined;
    }
    /** Closes it, and opens no other. */
    close() {
        this.#isClosed = true;
        this.#drop();
    }
    #drop() {
        void this.#forget()?.then((stream) => stream?.duplex.destroy());
    }
    #forget() {
        const opening = this.#opening;
        this.#opening = undefined;
        this.#connection = undefined;
        clearTimeout(this.#expiry);
        return opening;
    }
}
/** Only a stream that is read is seen to end; no daemon says anything before it is spoken to. */
function watchEnd(stream) {
    stream.duplex.resume();
    return stream;
}

;// CONCATENATED MODULE: ./tunnel/channels.js




/** Milliseconds that sshd is given to notice that programs have ended, one turn after the other. */
const CLOSING_MS = [100, 400, 1500];
/** Milliseconds after which one who waits asks again even so: others may use the connection too. */
const RETRY_MS = 5000;
/** How many connections may be lost under one request, each before its channel is open. */
const MAX_LOSSES = 3;
/**
 * Channels to one remote. On one connection there are as many as the server allows (sshd: MaxSessions, 10, of those that are programs); where
 * it refuses another, that goes on a further connection, and waits until one is closed where there can be none.
 */
class Channels {
    #options;
    /** Those who wait, first come first. */
    #waiting = [];
    #spare;
    #further;
    /** Connections on which a channel has opened, or is about to be the first. */
    #firsts = new WeakMap();
    #open = 0;
    /** When one was closed last, milliseconds. */
    #closedAt = -Infinity;
    constructor(options) {
        this.#options = options;
        this.#spare = new SpareChannel(options.open);
        this.#further = options.further && new FurtherConnections(options.further);
    }
    /** How many are open. */
    get open() {
        return this.#open;
    }
    /** @throws ActionError of the connection, `channel-refused` when not even one opens, or the signal's reason */
    async request(signal) {
        let patience = CLOSING_MS.values();
        for (let losses = 0;;) {
            const connection = await this.#options.connection(signal);
            try {
                return this.#count(await this.#openFrom(connection, signal));
            }
            catch (error) {
                if (isCode(error, 'connection-lost') && losses < MAX_LOSSES) {
                    losses += 1;
                    await connection.closed;
                    continue;
                }
                const pause = patience.next().value ?? (this.#open > 0 ? RETRY_MS : undefined);
                if (!isCode(error, 'channel-refused') || pause === undefined)
                    throw error;
                if (await this.#oneCloses(signal, pause))
                    patience = CLOSING_MS.values();
            }
        }
    }
    /** Closes what is kept for clients to come. */
    close() {
        this.#spare.close();
        this.#further?.close();
    }
    /** On this connection, or on a further one where it refuses, and not for that a channel is just being closed. */
    async #openFrom(connection, signal) {
        try {
            const stream = (await this.#spare.take(connection)) ?? (await this.#openOn(connection));
            // Programs are what sshd counts, and a client who needs one must not find its place taken.
            if (stream.stderr === undefined)
                this.#spare.prepare(connection);
            return stream;
        }
        catch (error) {
            const isClosing = performance.now() - this.#closedAt < CLOSING_MS[0];
            if (!isCode(error, 'channel-refused') || this.#open === 0 || isClosing)
                throw error;
            const stream = await this.#further?.open(signal, (on) => this.#openOn(on));
            if (stream === undefined)
                throw error;
            return stream;
        }
    }
    /** The first channel alone: it finds out what the server has (see `openWorkerChannel`), and the others need not. */
    async #openOn(connection) {
        const first = this.#firsts.get(connection);
        if (first !== undefined) {
            await first.catch(() => undefined);
            return await this.#options.open(connection);
        }
        const opening = this.#options.open(connection);
        this.#firsts.set(connection, opening);
        return await opening;
    }
    #count(stream) {
        this.#open += 1;
        stream.duplex.once('close', () => {
            this.#open -= 1;
            this.#closedAt = performance.now();
            this.#waiting.shift()?.();
        });
        return stream;
    }
    /** @returns false when none did within `limitMs` */
    async #oneCloses(signal, limitMs) {
        const { promise, resolve } = Promise.withResolvers();
        const wake = () => resolve(true);
        this.#waiting.push(wake);
        const decided = new AbortController();
        try {
            const limit = (0,promises_namespaceObject.setTimeout)(limitMs, false, { signal: AbortSignal.any([signal, decided.signal]) });
            return await Promise.race([promise, limit]);
        }
        finally {
            decided.abort();
            const index = this.#waiting.indexOf(wake);
            if (index !== -1)
                this.#waiting.splice(index, 1);
        }
    }
}
function isCode(error, code) {
    return error instanceof domain_errors/* ActionError */.lZ && error.code === code;
}

;// CONCATENATED MODULE: ./store/stream-ended.js



/** After the far side's end of stream, how long its standard error may still take to arrive, milliseconds. */
const DIAGNOSTICS_GRACE = 250;
/** What Node says of a program that is not there, and env(1) and shells of one that is called otherwise. */
const stream_ended_NOT_FOUND = /not found|ENOENT|No such file or directory|unknown command|not recognized/i;
/** That a program is missing; not that a file is that the program wanted. */
function isMissingProgram(diagnostics) {
    const known = diagnose(diagnostics);
    return known?.weight === 'cause' ? known.code === 'nix-missing' : stream_ended_NOT_FOUND.test(diagnostics);
}
/** Says why a session's stream ended, as far as anybody told: `nix-missing` or `connection-lost`. */
function streamEnded(end) {
    const said = (0,domain_text/* printable */.g$)(end.diagnostics);
    const because = said === '' ? (end.cause?.message ?? '') : said;
    const tail = because === '' ? '' : `: ${because}`;
    if (!end.isGreeted && isMissingProgram(end.diagnostics)) {
        return new domain_errors/* ActionError */.lZ('nix-missing', `${end.label}: nix-daemon could not be started${tail}`, {
            hint: 'Install Nix there, or name the program in the store URI, for example ' +
                '?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon: PATH of a non-interactive shell often lacks it.',
            cause: end.cause,
        });
    }
    return new domain_errors/* ActionError */.lZ('connection-lost', `${end.label}: ${whileDoing(end)}${tail}`, {
        hint: remedyFor(end),
        cause: end.cause,
    });
}
function remedyFor({ isGreeted, diagnostics, label }) {
    if (isGreeted)
        return 'Run the step again: what was finished is not done twice.';
    return (diagnose(diagnostics, { machine: label })?.remedy ??
        'Is nix-daemon running there, and may this user use it? `systemctl status nix-daemon` on that machine tells.');
}
function whileDoing({ isGreeted, waiting, waitingCount }) {
    if (!isGreeted)
        return 'the connection ended before the Nix daemon greeted';
    if (waiting === undefined)
        return 'the connection ended';
    const more = waitingCount - 1;
    const others = more > 0 ? ` and ${more} more answer${more === 1 ? '' : 's'}` : '';
    return `the connection ended while waiting for ${waiting}${others}`;
}
/** What the codecs throw does not know whom it is about. @param reading what was being read */
function peerViolation(label, reading, violation) {
    return new domain_errors/* ActionError */.lZ('protocol-violation', `${label}: ${reading} breaks the worker protocol: ${violation.message}`, { hint: 'Something between the two sides changes the bytes, or this is not a Nix daemon.' });
}
/** @param limitMs how long the greeting was waited for */
function greetingTimedOut(label, limitMs) {
    return new domain_errors/* ActionError */.lZ('connect-timeout', `${label}: the Nix daemon did not greet in ${limitMs / 1000} s`);
}
/** @param limitMs how long the answer was waited for */
function daemonSilent(label, operation, limitMs) {
    return new domain_errors/* ActionError */.lZ('connection-lost', `${label}: the Nix daemon has not answered ${operation} for ${limitMs / 1000} s, though the connection lives`, {
        hint: 'Is that machine overloaded, or is a path locked there by a step whose link died? ' +
            'ClientAliveInterval 15 in its sshd_config ends what such steps left.',
    });
}

;// CONCATENATED MODULE: ./tunnel/frames.js
/*
 * A program's output and its standard error on one stream, each piece as: one byte, 1 or 2; its length as 32 bits, big-endian; the bytes.
 * In the legacy protocol build logs are standard error (build-remote.cc, `log-fd`).
 */
const STDOUT = 1;
const frames_STDERR = 2;
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
const greeting_LONGEST = 8192;
const BYTES_FOLLOW = Buffer.from(LINE_END);
const FRAMES_FOLLOW = Buffer.from(`${FRAMES}${LINE_END}`);
/** @param reason one line */
function refusal(reason) {
    return Buffer.from(`${REFUSAL}${reason.slice(0, greeting_LONGEST / 2)}${LINE_END}`);
}
/** @returns undefined while the line is not complete */
function parseGreeting(heard) {
    const end = heard.indexOf(LINE_END);
    if (end === -1 && heard.length < greeting_LONGEST)
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

;// CONCATENATED MODULE: ./tunnel/client.js






/** How long the remote may be silent after a client has ended its side, milliseconds. */
const SILENCE_MS = 1000;
/** How long a client may stay when the remote has gone, milliseconds. */
const client_FAREWELL_MS = 5000;
/** How long the remote may take to greet, milliseconds: its sshd may answer for a Nix that hangs, and Nix would wait without end. */
const GREETING_MS = 45_000;
/** What may wait of a client until its channel is open, bytes. */
const HELD_LIMIT = 1024 * 1024;
const NOTHING = Buffer.alloc(0);
/**
 * A client of the tunnel and its channel: each end of a side is passed on, and when one is gone, so is the other.
 *
 * A client that ends its side may still listen: Nix does that to hear why a handshake failed. But it may as well be gone, with the program
 * that joins it to us left over, and on a daemon's socket an end stops no build. So from then on the remote must not be silent for long.
 */
class TunnelClient {
    /** Resolves when nothing is left of it. */
    ended;
    #socket;
    #options;
    #gone = new AbortController();
    /** What came before there was a channel. */
    #held = [];
    #heldBytes = 0;
    #hasEnded = false;
    #hasHeard = false;
    #channel;
    #limit;
    /** @param socket of a server that allows half-open connections */
    constructor(socket, options) {
        this.#socket = socket;
        this.#options = options;
        const { promise, resolve } = Promise.withResolvers();
        this.ended = promise;
        socket.once('close', () => {
            this.#closed();
            resolve(undefined);
        });
        socket.on('error', () => undefined);
        socket.on('data', this.#hold);
        socket.on('end', () => this.#clientEnded());
        void this.#join();
    }
    get bytesReceived() {
        return this.#socket.bytesRead;
    }
    get bytesSent() {
        return this.#socket.bytesWritten;
    }
    /** Ends both sides hard. Idempotent. */
    close() {
        this.#socket.destroy();
    }
    #hold = (chunk) => {
        this.#held.push(chunk);
        this.#heldBytes += chunk.length;
        if (this.#heldBytes > HELD_LIMIT)
            this.#socket.pause();
    };
    async #join() {
        try {
            const { signal } = this.#gone;
            const stream = await this.#options.openChannel(signal);
            if (signal.aborted)
                stream.duplex.destroy();
            else
                this.#connect(stream);
        }
        catch (error) {
            if (this.#gone.signal.aborted)
                return;
            this.#turnAway((0,domain_errors/* asActionError */.z6)(error).message);
        }
    }
    #connect(stream) {
        const socket = this.#socket;
        const { duplex } = stream;
        this.#channel = duplex;
        const late = setTimeout(() => this.#remoteSilent(), GREETING_MS).unref();
        duplex.once('close', () => clearTimeout(late));
        duplex.once('data', (chunk) => {
            clearTimeout(late);
            this.#remoteSpeaks(stream, chunk);
        });
        duplex.on('error', (error) => this.#remoteLost(error));
        duplex.once('end', () => this.#remoteEnded(stream));
        socket.off('data', this.#hold);
        for (const chunk of this.#held.splice(0))
            duplex.write(chunk);
        relay(socket, duplex);
        socket.resume();
        if (!this.#hasEnded)
            return;
        duplex.end();
        this.#leaveAfter(SILENCE_MS);
    }
    #remoteSpeaks(stream, chunk) {
        const { duplex, stderr } = stream;
        this.#hasHeard = true;
        duplex.on('data', () => this.#limit?.refresh());
        if (stderr === undefined) {
            this.#socket.write(Buffer.concat([BYTES_FOLLOW, chunk]));
            relay(duplex, this.#socket);
        }
        else {
            this.#relayFrames(duplex, stderr, [Buffer.from(stream.diagnostics()), chunk]);
        }
    }
    /** @param begun what both have said so far */
    #relayFrames(stdout, stderr, begun) {
        const socket = this.#socket;
        socket.write(FRAMES_FOLLOW);
        writeFrame(socket, frames_STDERR, begun[0]);
        writeFrame(socket, STDOUT, begun[1]);
        forward(stderr, socket, (chunk) => writeFrame(socket, frames_STDERR, chunk));
        forward(stdout, socket, (chunk) => writeFrame(socket, STDOUT, chunk));
        stdout.on('end', () => socket.end());
    }
    /** All is said; if it is nothing, the standard error of the program, which may still be on its way, tells why. */
    #remoteEnded(stream) {
        this.#leaveAfter(client_FAREWELL_MS);
        if (this.#hasHeard)
            return;
        setTimeout(() => {
            const { label } = this.#options;
            const unknown = { waiting: undefined, waitingCount: 0, cause: undefined };
            const end = { label, isGreeted: false, diagnostics: stream.diagnostics(), ...unknown };
            this.#turnAway(streamEnded(end).message);
        }, DIAGNOSTICS_GRACE);
    }
    #remoteSilent() {
        const { label } = this.#options;
        this.#turnAway(`${label}: the Nix there did not greet in ${GREETING_MS / 1000} s`);
    }
    #remoteLost(error) {
        if (this.#hasHeard)
            this.close();
        else
            this.#turnAway(error.message);
    }
    #turnAway(reason) {
        if (this.#socket.destroyed)
            return;
        this.#options.onNotice(reason);
        this.#socket.end(refusal((0,domain_text/* printable */.g$)(reason)));
        this.#leaveAfter(client_FAREWELL_MS);
    }
    #clientEnded() {
        this.#hasEnded = true;
        // Of one that has not only ended but closed, even nothing is not taken (EPIPE): its 'close' follows at once.
        if (this.#socket.writable)
            this.#socket.write(NOTHING);
        if (this.#channel)
            this.#leaveAfter(SILENCE_MS);
    }
    /** Unless it still takes what there is for it. */
    #leaveAfter(ms) {
        clearTimeout(this.#limit);
        this.#limit = setTimeout(() => {
            if (this.#socket.writableLength > 0)
                this.#limit?.refresh();
            else
                this.close();
        }, ms);
    }
    #closed() {
        clearTimeout(this.#limit);
        this.#gone.abort();
        this.#channel?.destroy();
    }
}

;// CONCATENATED MODULE: ./tunnel/launcher.js


/** There on every system with Nix, NixOS too. */
const SHELL = '/bin/sh';
/**
 * Writes the shell script that starts the pipe. It keeps what Nix gets to see short and plain, whatever characters are in the paths
 * of Node and of this action: Nix makes names of lock files from a machine's URI, which 255 bytes have to hold.
 */
async function writeLauncher(file, { node, script }, { socketPath, label }) {
    // What users set for programs of their own in Node could make this one slow, or print.
    const text = `unset NODE_OPTIONS\nexec ${quoteCommand([node, script, socketPath, label])}\n`;
    await (0,external_node_fs_promises_namespaceObject.writeFile)(file, text, { mode: 0o600 });
}
/**
 * The URI with which every Nix since 2.4 uses a launcher in place of `ssh`, as `--store` (`ssh-ng`), for `nix copy`, and as first field
 * of a line of the machines format. Nix runs `remote-program` on this machine if the host is `localhost`, and nothing else
 * (ssh.cc, `fakeSSH`); the shell is named since a folder for temporary files may forbid programs.
 */
function launcherUri(scheme, launcher) {
    return `${scheme}://localhost?remote-program=${SHELL}%20${launcher}`;
}

;// CONCATENATED MODULE: ./tunnel/service.js

/** The command that serves the legacy protocol, put together as Nix does it (legacy-ssh-store.cc, LegacySSHStore::openConnection). */
function serveCommand({ remoteProgram, remoteStore }) {
    const words = remoteProgram.length > 0 ? remoteProgram : ['nix-store'];
    const store = remoteStore === undefined ? [] : ['--store', remoteStore];
    return [...words, '--serve', '--write', ...store];
}
/** @throws ActionError `channel-refused` or `connection-lost` */
function openService(connection, service) {
    return service.kind === 'worker'
        ? openWorkerChannel(connection, service)
        : connection.exec(serveCommand(service));
}

;// CONCATENATED MODULE: ./tunnel/tunnel.js









/** One remote as a Unix socket, on which each client gets a channel of its own, and the way to it for Nix. */
class Tunnel {
    label;
    /** What to give to Nix: a store, or a machine. */
    storeUri;
    socketPath;
    #launcher;
    #server;
    #channels;
    #clients = new Set();
    /** Bytes of clients that are gone. */
    #received = 0;
    #sent = 0;
    #closed;
    constructor(options) {
        const { folder, name, index, label, service, connection, further, onNotice } = options;
        this.label = label;
        this.#launcher = external_node_path_.join(folder, name);
        this.socketPath = external_node_path_.join(folder, socketName(index));
        this.storeUri = launcherUri(service.kind === 'worker' ? 'ssh-ng' : 'ssh', this.#launcher);
        const open = (on) => openService(on, service);
        this.#channels = new Channels({ connection, further, open });
        const openChannel = (signal) => this.#channels.request(signal);
        this.#server = (0,external_node_net_namespaceObject.createServer)({ allowHalfOpen: true }, (socket) => this.#serve(new TunnelClient(socket, { label, openChannel, onNotice })));
    }
    /** @throws ActionError `internal` when the socket cannot be made */
    static async open(options) {
        const tunnel = new Tunnel(options);
        await listenPrivately(tunnel.#server, tunnel.socketPath, `the tunnel to ${options.label}`);
        tunnel.#server.on('error', ({ message }) => options.onNotice(`a client was lost: ${message}`));
        await writeLauncher(tunnel.#launcher, options.pipe, tunnel);
        return tunnel;
    }
    /**
     * A channel for ourselves, which counts among those that the server allows.
     * @throws ActionError `channel-refused`, of the connection, or the signal's reason
     */
    openChannel(signal) {
        return this.#channels.request(signal);
    }
    /** How many clients there are, those included that wait for a channel. */
    get clients() {
        return this.#clients.size;
    }
    /** How many channels are open. */
    get channels() {
        return this.#channels.open;
    }
    /** From all clients so far, for the remote. */
    get bytesSent() {
        return [...this.#clients].reduce((sum, { bytesReceived }) => sum + bytesReceived, this.#received);
    }
    /** From the remote, to all clients so far. */
    get bytesReceived() {
        return [...this.#clients].reduce((sum, { bytesSent }) => sum + bytesSent, this.#sent);
    }
    /** Ends all clients hard, and removes what was made. Idempotent. */
    close() {
        this.#closed ??= this.#close();
        return this.#closed;
    }
    #serve(client) {
        this.#clients.add(client);
        void client.ended.then(() => {
            this.#clients.delete(client);
            this.#received += client.bytesReceived;
            this.#sent += client.bytesSent;
        });
    }
    async #close() {
        this.#server.close();
        for (const client of this.#clients)
            client.close();
        this.#channels.close();
        await Promise.all([...this.#clients].map(({ ended }) => ended));
        await Promise.all([this.socketPath, this.#launcher].map((file) => (0,external_node_fs_promises_namespaceObject.rm)(file, { force: true })));
    }
}

;// CONCATENATED MODULE: ./build/machine-connection.js

/** An SSH connection to a machine, on which Nix itself opens channels. */
class MachineConnection {
    connection;
    lost;
    constructor(connection) {
        this.connection = connection;
        this.lost = connection.closed.then((reason) => reason ?? new Promise(() => undefined));
    }
    /** @throws ActionError of ssh/ */
    static async open(machine, access, signal) {
        const { host, port, compress } = machine;
        const connection = await connectSsh({
            host,
            port,
            ...(await access.loginFor(machine)),
            compress,
            signal,
        });
        return new MachineConnection(connection);
    }
    get label() {
        return this.connection.label;
    }
    get bytesSent() {
        return this.connection.bytesSent;
    }
    get bytesReceived() {
        return this.connection.bytesReceived;
    }
    close() {
        this.connection.close();
    }
}

;// CONCATENATED MODULE: external "node:string_decoder"
const external_node_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:string_decoder");
;// CONCATENATED MODULE: ./nix/lines.js

/**
 * Cuts a stream of bytes into lines of text: UTF-8 split over chunks is put together, `\r\n` counts as `\n`, and an
 * unterminated last line comes with {@link LineSplitter.end}.
 */
class LineSplitter {
    #decoder = new external_node_string_decoder_namespaceObject.StringDecoder('utf8');
    #onLine;
    #rest = '';
    constructor(onLine) {
        this.#onLine = onLine;
    }
    write(chunk) {
        const lines = this.#decoder.write(chunk).split('\n');
        lines[0] = this.#rest + (lines[0] ?? '');
        this.#rest = lines.pop() ?? '';
        for (const line of lines) {
            this.#onLine(withoutCarriageReturn(line));
        }
    }
    end() {
        const last = this.#rest + this.#decoder.end();
        this.#rest = '';
        if (last !== '') {
            this.#onLine(withoutCarriageReturn(last));
        }
    }
}
function withoutCarriageReturn(line) {
    return line.endsWith('\r') ? line.slice(0, -1) : line;
}

;// CONCATENATED MODULE: ./nix/nix-command.js




/** Milliseconds, see {@link NixCommand.grace}. */
const nix_command_GRACE = 3000;
/**
 * Milliseconds that the pipes may stay open once the program has ended. An ssh that git left behind to share its connection
 * (ControlPersist) is in a group of its own and holds our standard error for as long as it likes.
 */
const PIPES_GRACE = 1000;
/**
 * Runs `nix` to its end. An exit code other than 0 is a result, not an error.
 * @throws ActionError `nix-missing` if the program cannot be started, `cancelled` if the signal fired.
 */
async function runNix(command) {
    throwIfCancelled(command.signal);
    // A group of its own, so that builders, git and ssh that Nix started end with it.
    const options = { cwd: command.workingDirectory, env: command.env, detached: true };
    const child = command.input === undefined
        ? (0,external_node_child_process_namespaceObject.spawn)(command.nix, command.args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
        : (0,external_node_child_process_namespaceObject.spawn)(command.nix, command.args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin?.on('error', () => undefined); // who does not read it says why
    child.stdin?.end(command.input);
    const stop = endGroupOnAbort(child, command);
    if (child.pid !== undefined)
        command.onStart?.(child.pid);
    try {
        const stdout = [];
        child.stdout.on('data', (chunk) => stdout.push(chunk));
        const lines = new LineSplitter((line) => command.onStderr?.(line));
        child.stderr.on('data', (chunk) => lines.write(chunk));
        const exit = await ended(child, command);
        lines.end();
        throwIfCancelled(command.signal);
        return { ...exit, stdout: Buffer.concat(stdout).toString('utf8') };
    }
    finally {
        stop();
    }
}
function throwIfCancelled(signal) {
    if (signal.aborted) {
        throw new domain_errors/* ActionError */.lZ('cancelled', 'cancelled while Nix was running', {
            cause: signal.reason,
        });
    }
}
function ended(child, command) {
    return new Promise((resolve, reject) => {
        child.once('error', (cause) => reject(startFailure(command, cause)));
        child.once('exit', () => {
            const timer = setTimeout(() => closePipes(child), PIPES_GRACE);
            child.once('close', () => clearTimeout(timer));
        });
        child.once('close', (exitCode, signal) => resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }));
    });
}
function closePipes({ stdout, stderr }) {
    stdout?.destroy();
    stderr?.destroy();
}
/** A folder that is not there and a program that is not there both are ENOENT. */
function startFailure({ nix, workingDirectory, env }, cause) {
    if (!(0,external_node_fs_namespaceObject.existsSync)(workingDirectory)) {
        return new domain_errors/* ActionError */.lZ('input-invalid', `the folder ${workingDirectory} does not exist`, {
            cause,
            hint: 'Correct the input working-directory, or check out the repository in an earlier step.',
        });
    }
    const why = errorCode(cause) === 'ENOENT' ? `it is not on PATH (${env['PATH'] ?? ''})` : cause.message;
    return new domain_errors/* ActionError */.lZ('nix-missing', `cannot run ${nix} on this runner: ${why}`, {
        cause,
        hint: 'Install Nix in an earlier step.',
    });
}
function errorCode(error) {
    return 'code' in error ? error.code : undefined;
}
/** Returns what takes the listener and the timer away again. */
function endGroupOnAbort(child, { signal, grace }) {
    let timer;
    const end = () => {
        killGroup(child, 'SIGTERM');
        timer = setTimeout(() => killGroup(child, 'SIGKILL'), grace ?? nix_command_GRACE);
    };
    signal.addEventListener('abort', end, { once: true });
    return () => {
        signal.removeEventListener('abort', end);
        clearTimeout(timer);
    };
}
function killGroup(child, signal) {
    if (child.pid === undefined)
        return;
    try {
        process.kill(-child.pid, signal);
    }
    catch {
        // the group is gone already
    }
}

;// CONCATENATED MODULE: ./nix/version.js


// `nix (Nix) 2.34.8`, `nix (Lix, like Nix) 2.93.0`, `nix (Determinate Nix 3.8.5) 2.30.2`
const VERSION = /^nix \((?<vendor>[^)]*)\) (?<text>(?<major>\d+)\.(?<minor>\d+)\S*)/m;
/** Reads what `nix --version` prints; `undefined` if that is something else. */
function parseNixVersion(printed) {
    const match = VERSION.exec(printed);
    if (match?.groups === undefined)
        return undefined;
    const [line] = match;
    const { vendor = '', text = '', major = '', minor = '' } = match.groups;
    return { vendor: vendorOf(vendor), text, line, major: Number(major), minor: Number(minor) };
}
/** Whether it is at least Nix `major.minor`. Lix counts apart from 2.90 on: ask for its vendor first where it matters. */
function version_isAtLeast(version, major, minor) {
    return version.major > major || (version.major === major && version.minor >= minor);
}
/**
 * Asks the program for its version.
 * @throws ActionError `nix-missing` if it cannot be run or is no Nix.
 */
async function nixVersion(command) {
    const { stdout } = await runNix({ ...command, args: ['--version'] });
    const version = parseNixVersion(stdout);
    if (version === undefined) {
        throw new domain_errors/* ActionError */.lZ('nix-missing', `${command.nix} --version printed no version of Nix: ${JSON.stringify(stdout.slice(0, 200))}`, { hint: 'Install Nix, or let install-nix do it.' });
    }
    return version;
}
function vendorOf(text) {
    if (text.startsWith('Lix'))
        return 'lix';
    return text.startsWith('Determinate') ? 'determinate' : 'nix';
}

;// CONCATENATED MODULE: ./domain/build-result.js
/** Nix's `BuildResult::Status` by its wire numbers 0 to 14 (13 and 14 exist since protocol 1.34 or so). */
const BUILD_STATUSES = [
    'built',
    'substituted',
    'already-valid',
    'permanent-failure',
    'input-rejected',
    'output-rejected',
    'transient-failure',
    'cached-failure',
    'timed-out',
    'misc-failure',
    'dependency-failed',
    'log-limit-exceeded',
    'not-deterministic',
    'resolves-to-already-valid',
    'no-substituters',
];
/** Nix's `BuildMode` by its wire numbers. `check` builds again and compares. */
const BUILD_MODES = ['normal', 'repair', 'check'];

;// CONCATENATED MODULE: ./protocol/chunk-buffer.js
/** Bytes that arrived in chunks and are taken from the front, uncopied wherever they lie in one chunk. */
class ChunkBuffer {
    #chunks = [];
    /** Position in the first chunk. */
    #offset = 0;
    #available = 0;
    #consumed = 0;
    #tee;
    #teeStart = 0;
    push(chunk) {
        if (chunk.length === 0)
            return;
        this.#chunks.push(chunk);
        this.#available += chunk.length;
    }
    /** Bytes that are here and not yet taken. */
    get available() {
        return this.#available;
    }
    /** Bytes taken since the beginning. */
    get consumed() {
        return this.#consumed;
    }
    /** Up to `limit` of the next bytes, without taking them. */
    peek(limit) {
        const [first, ...rest] = this.#chunks;
        if (!first)
            return Buffer.alloc(0);
        return Buffer.concat([first.subarray(this.#offset), ...rest]).subarray(0, limit);
    }
    /** The next byte's chunk and its place in there, if that chunk holds `length` more bytes. */
    whole(length) {
        const chunk = this.#chunks[0];
        if (!chunk || this.#offset + length > chunk.length)
            return undefined;
        return { chunk, offset: this.#offset };
    }
    /** Takes up to `limit` bytes, as many as lie in one chunk; none only if nothing is here. */
    take(limit) {
        const first = this.#chunks[0];
        if (!first)
            return Buffer.alloc(0);
        const start = this.#offset;
        const length = Math.min(limit, first.length - start);
        this.#pass(first, length);
        return first.subarray(start, start + length);
    }
    /** As {@link take}, for who does not need the bytes: how many they were. */
    drop(limit) {
        const first = this.#chunks[0];
        if (!first)
            return 0;
        const length = Math.min(limit, first.length - this.#offset);
        this.#pass(first, length);
        return length;
    }
    /** Takes `expected` if it is what comes next; nothing otherwise, nor if it is not wholly here in one chunk. */
    takeIfNext(expected) {
        const first = this.#chunks[0];
        const end = this.#offset + expected.length;
        if (!first || end > first.length)
            return false;
        if (first.compare(expected, 0, expected.length, this.#offset, end) !== 0)
            return false;
        this.#pass(first, expected.length);
        return true;
    }
    /** From here on every byte that is taken is also given to `sink`, uncopied and in large pieces, until {@link endTee}. */
    beginTee(sink) {
        this.#tee = sink;
        this.#teeStart = this.#offset;
    }
    endTee() {
        const first = this.#chunks[0];
        if (first)
            this.#emitTee(first, this.#offset);
        this.#tee = undefined;
    }
    /** Leaves behind bytes of `first`, the first chunk, and the chunk itself when that was all of it. */
    #pass(first, length) {
        this.#offset += length;
        this.#available -= length;
        this.#consumed += length;
        if (this.#offset < first.length)
            return;
        this.#emitTee(first, this.#offset);
        this.#chunks.shift();
        this.#offset = 0;
    }
    #emitTee(chunk, end) {
        if (!this.#tee)
            return;
        if (end > this.#teeStart)
            this.#tee(chunk.subarray(this.#teeStart, end));
        this.#teeStart = end === chunk.length ? 0 : end;
    }
}

;// CONCATENATED MODULE: ./protocol/wire-writer.js
/**
 * Builds one request of the worker protocol in memory: integers are 64 bits little-endian, strings a length, the bytes, and
 * zeros up to a multiple of 8 (Nix's `serialise.hh`).
 */
class WireWriter {
    #buffer = Buffer.allocUnsafe(512);
    #length = 0;
    u64(value) {
        this.#reserve(8);
        this.#length = this.#buffer.writeBigUInt64LE(BigInt(value), this.#length);
        return this;
    }
    bool(value) {
        return this.u64(value ? 1 : 0);
    }
    /** UTF-8. */
    string(text) {
        return this.bytes(Buffer.from(text));
    }
    /** As a string is written, for what is not text. */
    bytes(bytes) {
        const padded = paddedLength(bytes.length);
        this.u64(bytes.length).#reserve(padded);
        this.#buffer.set(bytes, this.#length);
        this.#buffer.fill(0, this.#length + bytes.length, this.#length + padded);
        this.#length += padded;
        return this;
    }
    strings(texts) {
        this.u64(texts.length);
        for (const text of texts)
            this.string(text);
        return this;
    }
    stringMap(map) {
        this.u64(map.size);
        for (const [key, value] of map)
            this.string(key).string(value);
        return this;
    }
    /** What was written so far; the writer is not to be used afterwards. */
    finish() {
        return this.#buffer.subarray(0, this.#length);
    }
    #reserve(bytes) {
        const needed = this.#length + bytes;
        if (needed <= this.#buffer.length)
            return;
        const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
        this.#buffer.copy(larger, 0, 0, this.#length);
        this.#buffer = larger;
    }
}
/** The length of a string on the wire without its length field. */
function paddedLength(length) {
    return Math.ceil(length / 8) * 8;
}

;// CONCATENATED MODULE: ./protocol/wire-reader.js



/** The most one message or answer may take in memory, bytes. NARs are handed on as they come and do not count. */
const MESSAGE_LIMIT = 64 * 1024 * 1024;
/** What an item of a list costs at least: a peer that announces more items than could follow is refused at once. */
const ITEM_SIZE = 8;
/**
 * The receiving end of the wire format: chunks go in as they arrive, values come out. Everything a peer can say is bounded by
 * {@link MESSAGE_LIMIT} per message, and nothing is allocated on the strength of a count alone.
 */
class WireReader {
    #input = new ChunkBuffer();
    #budget = MESSAGE_LIMIT;
    push(chunk) {
        this.#input.push(chunk);
    }
    /** Bytes that are here and not yet decoded. */
    get available() {
        return this.#input.available;
    }
    /** Bytes decoded since the beginning. */
    get consumed() {
        return this.#input.consumed;
    }
    /** A new message begins: it may take up to `limit` bytes. */
    beginMessage(limit = MESSAGE_LIMIT) {
        this.#budget = limit;
    }
    /** The undecoded bytes, without taking them: for error texts. */
    peek(limit) {
        return this.#input.peek(limit);
    }
    /** From here on every byte that is decoded is also given to `sink`, uncopied and in large pieces, until {@link endTee}. */
    beginTee(sink) {
        this.#input.beginTee(sink);
    }
    endTee() {
        this.#input.endTee();
    }
    /** @throws ActionError `protocol-violation` above 2^53. */
    *u64() {
        const here = this.#input.whole(8);
        if (!here)
            return toNumber(yield* this.raw(8), 0);
        const value = toNumber(here.chunk, here.offset); // in place: a NAR of small files is mostly numbers
        this.#spend(8);
        this.#input.drop(8);
        return value;
    }
    *u64big() {
        return (yield* this.raw(8)).readBigUInt64LE();
    }
    *bool() {
        return (yield* this.u64()) !== 0;
    }
    /** UTF-8 of at most `limit` bytes. */
    *string(limit = MESSAGE_LIMIT) {
        return (yield* this.bytes(limit)).toString();
    }
    /** What is written as a string but is not text. The buffer may share memory with the chunk it came in. */
    *bytes(limit = MESSAGE_LIMIT) {
        const length = yield* this.u64();
        if (length > limit)
            throw violation(`a string of ${length} bytes where ${limit} are allowed`);
        const padded = yield* this.raw(paddedLength(length));
        if (!isZero(padded, length))
            throw violation('a string is not padded with zeros');
        return padded.subarray(0, length);
    }
    *strings() {
        return yield* this.list(() => this.string());
    }
    *stringMap() {
        return new Map(yield* this.list(() => this.#pair()));
    }
    *#pair() {
        return [yield* this.string(), yield* this.string()];
    }
    *list(item) {
        const count = yield* this.u64();
        if (count * ITEM_SIZE > this.#budget) {
            throw violation(`a list of ${count} items, more than a message may hold`);
        }
        const items = [];
        while (items.length < count)
            items.push(yield* item());
        return items;
    }
    /** Exactly `length` bytes that carry no length of their own, copied only where they came in several chunks. */
    *raw(length) {
        this.#spend(length);
        if (this.#input.whole(length))
            return this.#input.take(length);
        const joined = Buffer.allocUnsafe(length);
        for (let filled = 0; filled < length;) {
            while (this.#input.available === 0)
                yield;
            const piece = this.#input.take(length - filled);
            filled += piece.copy(joined, filled);
        }
        return joined;
    }
    /** Passes over bytes without holding on to them (`onBytes` sees them); they do not count against the message. */
    *skip(length, onBytes) {
        for (let left = length; left > 0;) {
            while (this.#input.available === 0)
                yield;
            if (onBytes) {
                const piece = this.#input.take(left);
                left -= piece.length;
                onBytes(piece);
            }
            else {
                left -= this.#input.drop(left);
            }
        }
    }
    /** Takes `expected` if it is what comes next; nothing otherwise, nor if it is not wholly here in one chunk. */
    takeIfNext(expected) {
        return this.#input.takeIfNext(expected);
    }
    #spend(bytes) {
        if (bytes > this.#budget)
            throw violation('a message is larger than allowed');
        this.#budget -= bytes;
    }
}
/** What the peer said cannot be the worker protocol. The session knows which peer, and adds it. */
function violation(what) {
    return new domain_errors/* ActionError */.lZ('protocol-violation', what);
}
function toNumber(bytes, offset) {
    const high = bytes.readUInt32LE(offset + 4);
    if (high > 0x1fffff) {
        throw violation(`the number 0x${bytes.readBigUInt64LE(offset).toString(16)} is too large`);
    }
    return high * 0x1_0000_0000 + bytes.readUInt32LE(offset);
}
function isZero(bytes, from) {
    for (let index = from; index < bytes.length; index++) {
        if (bytes[index] !== 0)
            return false;
    }
    return true;
}

;// CONCATENATED MODULE: ./protocol/derived-path.js


/** `/nix/store/x.drv!out,dev`, `/nix/store/x.drv!*`, or a plain path (`DerivedPath::to_string_legacy`). */
function derivedPathText(path) {
    if (path.kind === 'opaque')
        return path.path;
    return `${path.drvPath}!${path.outputs === 'all' ? '*' : path.outputs.join(',')}`;
}
/** @throws ActionError `protocol-violation`. */
function parseDerivedPathText(text) {
    const path = asDerivedPath(text);
    if (path)
        return path;
    throw violation(`${JSON.stringify(text.slice(0, 200))} where a path to build belongs`);
}
/** What {@link derivedPathText} writes, read again; undefined for anything else, such as outputs of a dynamic derivation. */
function asDerivedPath(text) {
    const [path = '', selection, ...more] = text.split('!');
    if (more.length > 0 || !isStorePath(path))
        return undefined;
    if (selection === undefined)
        return { kind: 'opaque', path };
    const outputs = asOutputs(selection);
    return isDrvPath(path) && outputs ? { kind: 'built', drvPath: path, outputs } : undefined;
}
/** Names of outputs are names of store paths (`checkName`). */
const OUTPUT_NAME = /^[0-9a-zA-Z+\-._?=]+$/;
function asOutputs(text) {
    if (text === '*')
        return 'all';
    const names = text.split(',');
    return names.every((name) => OUTPUT_NAME.test(name)) ? names : undefined;
}

;// CONCATENATED MODULE: ./protocol/version.js
/**
 * What we say we speak. 1.38 adds nothing but an exchange of feature lists, which would cost a round trip: with 1.37 a client
 * can write its whole handshake, and its first requests, at once.
 */
const ADVERTISED = 0x125;
/** AddMultipleToStore exists since 1.32 (Nix 2.4). */
const OLDEST = 0x120;
/** First versions of what differs between 1.32 and 1.37. */
const SINCE = {
    daemonVersion: 0x121,
    buildPathsWithResults: 0x122,
    trust: 0x123,
    cpuTimes: 0x125,
};
/** `1.37` */
function protocolText(version) {
    return `${version >> 8}.${version & 0xff}`;
}
/** Which Nix speaks an old protocol, for people: the last release of each. */
function nixOfProtocol(version) {
    if (version >= 0x120)
        return 'Nix 2.4 or newer';
    if (version >= 0x115)
        return 'Nix 2.0 to 2.3';
    return 'Nix 1';
}

;// CONCATENATED MODULE: ./protocol/build-result.js





/** `KeyedBuildResult`: one element of what BuildPathsWithResults answers. */
function* readKeyedBuildResult(reader, version) {
    const path = parseDerivedPathText(yield* reader.string());
    return yield* readBuildResult(reader, version, path);
}
/** `BuildResult` as every protocol since 1.29 has it, with the processor times of 1.37. */
function* readBuildResult(reader, version, path) {
    const status = statusOf(yield* reader.u64());
    const errorMessage = yield* reader.string();
    const timesBuilt = yield* reader.u64();
    const isNonDeterministic = yield* reader.bool();
    const startTime = yield* reader.u64();
    const stopTime = yield* reader.u64();
    const hasCpuTimes = version >= SINCE.cpuTimes;
    const cpuUser = hasCpuTimes ? yield* readOptionalMicroseconds(reader) : undefined;
    const cpuSystem = hasCpuTimes ? yield* readOptionalMicroseconds(reader) : undefined;
    const realisations = yield* reader.stringMap();
    const outputs = realisedOutputs(realisations);
    return {
        path,
        status,
        errorMessage,
        timesBuilt,
        isNonDeterministic,
        startTime,
        stopTime,
        cpuUser,
        cpuSystem,
        outputs,
        realisations,
    };
}
/** What {@link readKeyedBuildResult} reads. */
function writeKeyedBuildResult(writer, result, version) {
    writer
        .string(derivedPathText(result.path))
        .u64(BUILD_STATUSES.indexOf(result.status))
        .string(result.errorMessage)
        .u64(result.timesBuilt)
        .bool(result.isNonDeterministic)
        .u64(result.startTime)
        .u64(result.stopTime);
    if (version >= SINCE.cpuTimes) {
        writeOptionalMicroseconds(writer, result.cpuUser);
        writeOptionalMicroseconds(writer, result.cpuSystem);
    }
    return writer.stringMap(result.realisations);
}
/** One that a later Nix has added: those of late (build-result.hh, HashMismatch) are kinds of failure. */
function statusOf(number) {
    return BUILD_STATUSES[number] ?? 'misc-failure';
}
function* readOptionalMicroseconds(reader) {
    const tag = yield* reader.u64();
    if (tag === 0)
        return undefined;
    if (tag === 1)
        return yield* reader.u64();
    throw violation(`the option tag ${tag}`);
}
function writeOptionalMicroseconds(writer, microseconds) {
    if (microseconds === undefined)
        writer.u64(0);
    else
        writer.u64(1).u64(microseconds);
}
function realisedOutputs(realisations) {
    const outputs = new Map();
    for (const [id, json] of realisations) {
        outputs.set(id.slice(id.indexOf('!') + 1), outPathOf(json));
    }
    return outputs;
}
/** A realisation's `outPath` is the name within the store's folder. */
function outPathOf(json) {
    const realisation = parseObject(json);
    const outPath = 'outPath' in realisation ? realisation.outPath : undefined;
    const path = typeof outPath === 'string' ? `${STORE_DIR}/${outPath}` : '';
    if (!isStorePath(path))
        throw violation(`the realisation ${JSON.stringify(json.slice(0, 200))}`);
    return path;
}
function parseObject(json) {
    try {
        const value = JSON.parse(json);
        if (typeof value === 'object' && value !== null)
            return value;
    }
    catch {
        // said below
    }
    throw violation(`${JSON.stringify(json.slice(0, 200))} where a realisation belongs`);
}

;// CONCATENATED MODULE: ./protocol/op.js
/** Numbers of `WorkerProto::Op`, but for what no daemon since 2.4 takes: 24, 25, and 27, during which a daemon asks back. */
const OP = {
    isValidPath: 1,
    hasSubstitutes: 3,
    queryPathHash: 4,
    queryReferences: 5,
    queryReferrers: 6,
    addToStore: 7,
    addTextToStore: 8,
    buildPaths: 9,
    ensurePath: 10,
    addTempRoot: 11,
    addIndirectRoot: 12,
    syncWithGC: 13,
    findRoots: 14,
    exportPath: 16,
    queryDeriver: 18,
    setOptions: 19,
    collectGarbage: 20,
    querySubstitutablePathInfo: 21,
    queryDerivationOutputs: 22,
    queryAllValidPaths: 23,
    queryPathInfo: 26,
    queryDerivationOutputNames: 28,
    queryPathFromHashPart: 29,
    querySubstitutablePathInfos: 30,
    queryValidPaths: 31,
    querySubstitutablePaths: 32,
    queryValidDerivers: 33,
    optimiseStore: 34,
    verifyStore: 35,
    buildDerivation: 36,
    addSignatures: 37,
    narFromPath: 38,
    addToStoreNar: 39,
    queryMissing: 40,
    queryDerivationOutputMap: 41,
    registerDrvOutput: 42,
    queryRealisation: 43,
    addMultipleToStore: 44,
    addBuildLog: 45,
    buildPathsWithResults: 46,
    addPermRoot: 47,
};

;// CONCATENATED MODULE: ./protocol/path-info.js


const SHA256_HEX = /^[0-9a-f]{64}$/;
/** Longer than any store path, shorter than anything that hurts. */
const PATH_LIMIT = 1024;
/** A store path; anything else a peer says in its place is a violation. */
function* readStorePath(reader) {
    const text = yield* reader.string(PATH_LIMIT);
    if (!isStorePath(text))
        throw violation(`${JSON.stringify(text)} where a store path belongs`);
    return text;
}
/** An empty string is `undefined`. */
function* readOptionalStorePath(reader) {
    const text = yield* reader.string(PATH_LIMIT);
    if (text === '')
        return undefined;
    if (!isStorePath(text))
        throw violation(`${JSON.stringify(text)} where a store path belongs`);
    return text;
}
function* readStorePaths(reader) {
    return yield* reader.list(() => readStorePath(reader));
}
/** `UnkeyedValidPathInfo`: what QueryPathInfo answers of `path`. */
function* readPathInfo(reader, path) {
    const deriver = yield* readOptionalStorePath(reader);
    const narHash = yield* reader.string(PATH_LIMIT);
    if (!SHA256_HEX.test(narHash)) {
        throw violation(`${JSON.stringify(narHash)} where the NAR hash of ${path} belongs`);
    }
    return {
        path,
        deriver,
        narHash,
        references: yield* readStorePaths(reader),
        registrationTime: yield* reader.u64(),
        narSize: yield* reader.u64(),
        ultimate: yield* reader.bool(),
        signatures: yield* reader.strings(),
        contentAddress: (yield* reader.string()) || undefined,
    };
}
/** `ValidPathInfo` as of protocol 1.16, which AddMultipleToStore uses whatever was negotiated. */
function writePathInfo(writer, info) {
    return writer
        .string(info.path)
        .string(info.deriver ?? '')
        .string(info.narHash)
        .strings(info.references)
        .u64(info.registrationTime)
        .u64(info.narSize)
        .bool(info.ultimate)
        .strings(info.signatures)
        .string(info.contentAddress ?? '');
}

;// CONCATENATED MODULE: ./protocol/operations.js







function request(op) {
    return new WireWriter().u64(op);
}
/** Many operations answer with a 1 that says nothing. */
function* readDone(reader) {
    yield* reader.u64();
}
// eslint-disable-next-line require-yield
function* readNothing() {
    return;
}
/** `verboseBuild` is sent as a level, `lvlError` or `lvlVomit`; a daemon takes all but the first for off (remote-store.cc, daemon.cc). */
const VERBOSE_BUILD = { on: 0, off: 7 };
function setOptions(options) {
    const writer = request(OP.setOptions)
        .bool(options.keepFailed)
        .bool(options.keepGoing)
        .bool(options.tryFallback)
        .u64(options.verbosity)
        .u64(options.maxBuildJobs)
        .u64(options.maxSilentTime)
        .bool(true) // useBuildHook, obsolete
        .u64(options.verboseBuild ? VERBOSE_BUILD.on : VERBOSE_BUILD.off)
        .u64(0) // log type, obsolete
        .u64(0) // printBuildTrace, obsolete
        .u64(options.buildCores)
        .bool(options.useSubstitutes)
        .stringMap(options.overrides);
    return { name: 'SetOptions', request: writer.finish(), reply: readNothing };
}
function queryValidPaths(paths, substitution) {
    return {
        name: 'QueryValidPaths',
        request: request(OP.queryValidPaths)
            .strings(paths)
            .bool(substitution === 'substitute')
            .finish(),
        reply: readStorePaths,
    };
}
function queryPathInfo(path) {
    return {
        name: 'QueryPathInfo',
        request: request(OP.queryPathInfo).string(path).finish(),
        *reply(reader) {
            return (yield* reader.bool()) ? yield* readPathInfo(reader, path) : undefined;
        },
    };
}
function queryMissing(paths) {
    return {
        name: 'QueryMissing',
        request: request(OP.queryMissing).strings(paths.map(derivedPathText)).finish(),
        *reply(reader) {
            return {
                willBuild: yield* readStorePaths(reader),
                willSubstitute: yield* readStorePaths(reader),
                unknown: yield* readStorePaths(reader),
                downloadSize: yield* reader.u64(),
                narSize: yield* reader.u64(),
            };
        },
    };
}
function queryDerivationOutputMap(drvPath) {
    return {
        name: 'QueryDerivationOutputMap',
        request: request(OP.queryDerivationOutputMap).string(drvPath).finish(),
        *reply(reader) {
            const entry = function* () {
                return [yield* reader.string(), yield* readOptionalStorePath(reader)];
            };
            return { drvPath, outputs: new Map(yield* reader.list(entry)) };
        },
    };
}
/** The answer is the bare NAR, which `readNar` takes from the wire as it comes. */
function narFromPath(path, readNar) {
    return {
        name: 'NarFromPath',
        request: request(OP.narFromPath).string(path).finish(),
        reply: readNar,
    };
}
/** The request is followed by frames: a count, then for each path its info (1.16 format) and its NAR. */
function addMultipleToStore(check, repair) {
    return {
        name: 'AddMultipleToStore',
        request: request(OP.addMultipleToStore)
            .bool(repair === 'repair')
            .bool(check === 'no-signature-check')
            .finish(),
        reply: readNothing,
    };
}
/** The request is followed by frames: the text of the log. */
function addBuildLog(drvPath) {
    const writer = request(OP.addBuildLog).string(storePathBase(drvPath));
    return { name: 'AddBuildLog', request: writer.finish(), reply: readDone };
}
function addTempRoot(path) {
    const writer = request(OP.addTempRoot).string(path);
    return { name: 'AddTempRoot', request: writer.finish(), reply: readDone };
}
function addIndirectRoot(link) {
    const writer = request(OP.addIndirectRoot).string(link);
    return { name: 'AddIndirectRoot', request: writer.finish(), reply: readDone };
}
function ensurePath(path) {
    const writer = request(OP.ensurePath).string(path);
    return { name: 'EnsurePath', request: writer.finish(), reply: readDone };
}
function addSignatures(path, signatures) {
    const writer = request(OP.addSignatures).string(path).strings(signatures);
    return { name: 'AddSignatures', request: writer.finish(), reply: readDone };
}
function registerDrvOutput(realisation) {
    const writer = request(OP.registerDrvOutput).string(realisation);
    return { name: 'RegisterDrvOutput', request: writer.finish(), reply: readNothing };
}
function buildPaths(paths, mode) {
    const writer = request(OP.buildPaths)
        .strings(paths.map(derivedPathText))
        .u64(BUILD_MODES.indexOf(mode));
    return { name: 'BuildPaths', request: writer.finish(), reply: readDone };
}
/** Since protocol 1.34. */
function buildPathsWithResults(paths, mode, version) {
    const writer = request(OP.buildPathsWithResults)
        .strings(paths.map(derivedPathText))
        .u64(BUILD_MODES.indexOf(mode));
    return {
        name: 'BuildPathsWithResults',
        request: writer.finish(),
        *reply(reader) {
            return yield* reader.list(() => readKeyedBuildResult(reader, version));
        },
    };
}

;// CONCATENATED MODULE: ./protocol/framed.js

/** Ends framed data (`FramedSink`): a frame is a length and that many bytes, without padding. */
const END_OF_FRAMES = new WireWriter().u64(0).finish();
function frameHeader(length) {
    return new WireWriter().u64(length).finish();
}
/** Reads framed data to its end; what the frames hold goes to `onBytes`, uncopied, as it comes. */
function* readFrames(reader, onBytes) {
    for (;;) {
        reader.beginMessage();
        const length = yield* reader.u64();
        if (length === 0)
            return;
        yield* reader.skip(length, onBytes);
    }
}

;// CONCATENATED MODULE: ./store/frame-writer.js

/** A frame is sent when it holds this much: few system calls, and little for a daemon to keep in memory. */
const FRAME_SIZE = 256 * 1024;
/** Pieces below this size are cheaper to copy together than to send one by one. */
const SMALL = 16 * 1024;
/** Gathers pieces into frames. Large pieces are passed on as they are. */
class FrameWriter {
    #write;
    #pieces = [];
    #size = 0;
    constructor(write) {
        this.#write = write;
    }
    add(piece) {
        if (piece.length === 0)
            return undefined; // an empty frame would be the end
        this.#pieces.push(piece);
        this.#size += piece.length;
        return this.#size >= FRAME_SIZE ? this.#write(this.#takeFrame()) : undefined;
    }
    /** Forgets what was gathered for the next frame. */
    drop() {
        this.#takeFrame();
    }
    end() {
        const frame = this.#size > 0 ? this.#takeFrame() : [];
        return this.#write([...frame, END_OF_FRAMES]);
    }
    #takeFrame() {
        const frame = joinSmall([frameHeader(this.#size), ...this.#pieces]);
        this.#pieces = [];
        this.#size = 0;
        return frame;
    }
}
function joinSmall(pieces) {
    const joined = [];
    let run = [];
    const endRun = () => {
        if (run.length > 0)
            joined.push(run.length === 1 && run[0] ? run[0] : Buffer.concat(run));
        run = [];
    };
    for (const piece of pieces) {
        if (piece.length < SMALL) {
            run.push(piece);
        }
        else {
            endRun();
            joined.push(piece);
        }
    }
    endRun();
    return joined;
}

;// CONCATENATED MODULE: ./store/interruption.js
/**
 * Ends a wait from outside. Unlike `Promise.race` against one long-lived promise it keeps nothing of waits that are over, so
 * it can stand around every chunk of a large stream.
 */
class Interruption {
    #error;
    #interrupt;
    raise(error) {
        this.#error ??= error;
        this.#interrupt?.(this.#error);
    }
    get error() {
        return this.#error;
    }
    /** As `promise`, but rejects at once when interrupted. One wait at a time. */
    wait(promise) {
        return new Promise((resolve, reject) => {
            this.#interrupt = reject;
            promise.then(resolve, reject);
            if (this.#error)
                reject(this.#error);
        });
    }
    /** Hands every item to `use`; on interruption, or when `use` fails, the iterator is told to stop. */
    async forEach(items, use) {
        const iterator = items[Symbol.asyncIterator]();
        try {
            for (;;) {
                const next = await this.wait(iterator.next());
                if (next.done === true)
                    return;
                await use(next.value);
            }
        }
        catch (error) {
            iterator.return?.().catch(() => undefined); // not awaited: the iterator may be the one that hangs
            throw error;
        }
    }
}

;// CONCATENATED MODULE: ./store/streamed-request.js




/**
 * Runs an operation whose request is followed by framed data. If the daemon answers before it has heard all, with an error, nothing
 * more is sent but the end of the frames, up to which it reads, and the session goes on.
 * @throws the daemon's error. What `send` throws otherwise ends the session: the data would be cut without the daemon knowing.
 */
async function runStreamed(session, operation, { send, refusalGrace = 0 }) {
    const interruption = new Interruption();
    const body = async (write) => {
        if (refusalGrace > 0 && (await isInterrupted(interruption, refusalGrace)))
            return;
        const frames = new FrameWriter(write);
        try {
            await send(frames, interruption);
        }
        catch (error) {
            if (interruption.error === undefined)
                throw error;
            frames.drop();
        }
        await frames.end();
    };
    const reply = session.run(operation, { body });
    reply.catch((error) => interruption.raise((0,domain_errors/* toError */.iT)(error)));
    return await reply;
}
async function isInterrupted(interruption, withinMs) {
    await interruption.wait((0,promises_namespaceObject.setTimeout)(withinMs)).catch(() => undefined);
    return interruption.error !== undefined;
}

;// CONCATENATED MODULE: ./store/build-logs.js



/** How long an idle daemon may take to refuse, milliseconds. */
const REFUSAL_GRACE = 250;
/**
 * Hands in logs of builds. A daemon takes them only from users whom it trusts, and refuses others without reading on (daemon.cc,
 * AddBuildLog): what was sent of a log by then would be read as requests. So one that has said that it does not trust us is not asked,
 * and one that does not say, below protocol 1.35, is first given the time to refuse.
 */
class BuildLogs {
    #session;
    #isWelcome = false;
    constructor(session) {
        this.#session = session;
    }
    async add(drvPath, chunks) {
        const session = this.#session;
        const { trust } = session.knownGreeting ?? (await session.greeting);
        if (trust === 'untrusted')
            throw refused(session.label);
        this.#isWelcome ||= trust === 'trusted';
        // Once it has answered this it is idle, and nothing else delays its refusal.
        if (!this.#isWelcome)
            await session.run(queryValidPaths([drvPath], 'no-substitute'));
        await runStreamed(session, addBuildLog(drvPath), {
            refusalGrace: this.#isWelcome ? 0 : REFUSAL_GRACE,
            send: (frames, interruption) => interruption.forEach(chunks, (chunk) => frames.add(chunk)),
        });
        this.#isWelcome = true;
    }
}
function refused(label) {
    return new domain_errors/* ActionError */.lZ('daemon-error', `${label}: the Nix daemon takes build logs only from users that it trusts`, { hint: "Name this user in 'trusted-users' of nix.conf on that machine." });
}

;// CONCATENATED MODULE: ./protocol/daemon-error.js



/** What a daemon said went wrong, verbatim: `message` may hold colours and several lines. */
class NixError extends Error {
    name = 'NixError';
    /** Nix's verbosity level of the error; 0 is an error. */
    level;
    /** Nix's `… while …` lines, innermost last. */
    traces;
    constructor(message, level = 0, traces = []) {
        super(message);
        this.level = level;
        this.traces = traces;
    }
}
/** The body of an ERROR message since protocol 1.26 (`Error` in `worker-protocol`; positions are never sent). */
function* readNixError(reader) {
    yield* reader.string(); // "Error"
    const level = yield* reader.u64();
    yield* reader.string(); // a name that nothing uses any more
    const message = yield* reader.string();
    yield* reader.u64(); // havePos
    const traces = yield* reader.list(function* () {
        yield* reader.u64(); // havePos
        return yield* reader.string();
    });
    return new NixError(message, level, traces);
}
/** Codes of its own that a daemon's words can give an operation; with any other it is the daemon that failed. */
const OWN_CODES = new Set([
    'disk-full',
    'signature-required',
]);
/**
 * A daemon's error as ours: `disk-full` and `signature-required` where Nix's text says so, else `daemon-error`. Nix's words are in
 * the message on one line, and verbatim in `cause`.
 */
function daemonError(label, error) {
    const known = diagnose(error.message, { machine: label });
    const code = known?.code !== undefined && OWN_CODES.has(known.code) ? known.code : 'daemon-error';
    return new domain_errors/* ActionError */.lZ(code, `${label}: ${(0,domain_text/* oneLine */.TN)(error.message)}`, {
        hint: known?.remedy,
        cause: error,
    });
}

;// CONCATENATED MODULE: ./store/build-without-results.js


/**
 * Results for daemons before protocol 1.34, which answer BuildPaths with one success or one error for all: what is valid before and
 * after tells the rest. A path that is not valid afterwards has the daemon's one error, whosever it is.
 */
async function buildWithoutResults(store, paths, build) {
    const before = await validity(store, paths);
    const error = await build().then(() => undefined, daemonsWord);
    const after = await validity(store, paths);
    return paths.map((path, index) => result(path, before[index], after[index], error));
}
function result(path, before, after, error) {
    const isValid = after?.isValid === true || error === undefined;
    const success = before?.isValid === true ? 'already-valid' : 'built';
    return {
        path,
        status: isValid ? success : 'misc-failure',
        errorMessage: isValid ? '' : error.message,
        timesBuilt: 0,
        isNonDeterministic: false,
        startTime: 0,
        stopTime: 0,
        cpuUser: undefined,
        cpuSystem: undefined,
        outputs: path.kind === 'built' && after ? after.outputs : new Map(),
        realisations: new Map(),
    };
}
/** A build that fails is a result; anything else ends the call. */
function daemonsWord(error) {
    if (error instanceof domain_errors/* ActionError */.lZ && error.cause instanceof NixError)
        return error.cause;
    throw error;
}
async function validity(store, paths) {
    const drvPaths = paths.flatMap((path) => (path.kind === 'built' ? [path.drvPath] : []));
    const maps = await store.queryDerivationOutputMaps([...new Set(drvPaths)]);
    const wanted = paths.map((path) => wantedOutputs(path, maps));
    const known = wanted.flatMap((outputs) => [...outputs.values()].filter((path) => path !== undefined));
    const valid = await store.queryValidPaths(known);
    return wanted.map((outputs) => {
        const present = [...outputs].filter((entry) => entry[1] !== undefined && valid.has(entry[1]));
        return { outputs: new Map(present), isValid: present.length === outputs.size };
    });
}
function wantedOutputs(path, maps) {
    if (path.kind === 'opaque')
        return new Map([['', path.path]]);
    const outputs = maps.get(path.drvPath) ?? new Map();
    if (path.outputs === 'all')
        return outputs;
    return new Map(path.outputs.map((name) => [name, outputs.get(name)]));
}

;// CONCATENATED MODULE: ./protocol/nar/nar-format.js
/** What a NAR begins with. */
const NAR_MAGIC = 'nix-archive-1';
/** Linux's own limits on what can be unpacked, and a depth that no path of 4096 bytes can pass. */
const NAR_LIMITS = {
    nameLength: 255,
    targetLength: 4095,
    depth: 2048,
    /** What one node takes apart from a file's contents, generously. */
    nodeBytes: 16 * 1024,
};

;// CONCATENATED MODULE: ./protocol/nar/nar-reader.js




/** Runs of fixed strings, as they are on the wire. */
const token = (...texts) => texts.reduce((writer, text) => writer.string(text), new WireWriter()).finish();
const START = token(NAR_MAGIC, '(', 'type');
const ENTRY_NAME = token('(', 'name');
const ENTRY_NODE = token('node', '(', 'type');
const EMPTY = token('');
const CONTENTS = token('contents');
const TARGET = token('target');
const CLOSE = token(')');
/** The longest fixed string where one of several may stand. */
const KEYWORD_LIMIT = 16;
/**
 * Reads one NAR to its end, which nothing but its structure tells (NarFromPath sends neither length nor frames). Accepts what Nix
 * writes and nothing else: names in order and free of `/`, NUL, `.` and `..`, padding of zeros, depth and size within bounds.
 * @param size bytes the NAR is said to have; exceeding it is an error as soon as it is known.
 * @throws ActionError `nar-invalid`, which says where in the NAR; the caller knows of which path.
 */
function* readNar(reader, size) {
    try {
        yield* new NarReader(reader, size).archive();
    }
    catch (error) {
        // what the wire format forbids is a fault of the NAR here
        throw error instanceof domain_errors/* ActionError */.lZ && error.code === 'protocol-violation'
            ? new domain_errors/* ActionError */.lZ('nar-invalid', error.message)
            : error;
    }
}
class NarReader {
    #reader;
    #end;
    #folders = [];
    constructor(reader, size) {
        this.#reader = reader;
        this.#end = reader.consumed + size;
    }
    /** Folders are kept on a stack of our own: a deep tree must not become a deep chain of generators. */
    *archive() {
        this.#reader.beginMessage(NAR_LIMITS.nodeBytes);
        yield* this.#expect(START);
        yield* this.#node();
        while (this.#folders.length > 0)
            yield* this.#entryOrEnd();
        if (this.#reader.consumed !== this.#end) {
            throw violation(`it ends ${this.#end - this.#reader.consumed} bytes before its size`);
        }
    }
    /** A node after its `( type`, up to its `)`; a folder only up to its first entry. */
    *#node() {
        const type = yield* this.#reader.string(KEYWORD_LIMIT);
        switch (type) {
            case 'regular':
                yield* this.#file();
                return yield* this.#closeNode();
            case 'symlink':
                yield* this.#expect(TARGET);
                yield* this.#reader.bytes(NAR_LIMITS.targetLength);
                return yield* this.#closeNode();
            case 'directory':
                if (this.#folders.push(undefined) > NAR_LIMITS.depth) {
                    throw violation(`folders nested more than ${NAR_LIMITS.depth} deep`);
                }
                return;
            default:
                throw violation(`${JSON.stringify(type)} where the type of a file belongs`);
        }
    }
    *#file() {
        if (!this.#reader.takeIfNext(CONTENTS)) {
            const keyword = yield* this.#reader.string(KEYWORD_LIMIT);
            if (keyword === 'executable') {
                yield* this.#expect(EMPTY);
                yield* this.#expect(CONTENTS);
            }
            else if (keyword !== 'contents') {
                throw violation(`${JSON.stringify(keyword)} where the contents of a file belong`);
            }
        }
        const length = yield* this.#reader.u64();
        this.#checkSize(paddedLength(length));
        yield* this.#reader.skip(length);
        yield* this.#padding(paddedLength(length) - length);
    }
    *#padding(length) {
        const padding = yield* this.#reader.raw(length);
        if (padding.some((byte) => byte !== 0))
            throw violation('a file is not padded with zeros');
    }
    *#entryOrEnd() {
        this.#reader.beginMessage(NAR_LIMITS.nodeBytes);
        this.#checkSize(0);
        const keyword = yield* this.#reader.string(KEYWORD_LIMIT);
        if (keyword === ')') {
            this.#folders.pop();
            return yield* this.#closeEntry();
        }
        if (keyword !== 'entry') {
            throw violation(`${JSON.stringify(keyword)} where an entry of a folder belongs`);
        }
        yield* this.#expect(ENTRY_NAME);
        this.#checkName(yield* this.#reader.bytes(NAR_LIMITS.nameLength));
        yield* this.#expect(ENTRY_NODE);
        yield* this.#node();
    }
    *#closeNode() {
        yield* this.#expect(CLOSE);
        yield* this.#closeEntry();
    }
    /** A node that is not the root stands in an entry, which ends with it. */
    *#closeEntry() {
        if (this.#folders.length > 0)
            yield* this.#expect(CLOSE);
    }
    #checkName(name) {
        const text = name.toString('latin1');
        if (text === '' || text === '.' || text === '..' || /[/\0]/.test(text)) {
            throw violation(`the file name ${JSON.stringify(name.toString())}`);
        }
        const depth = this.#folders.length - 1;
        const previous = this.#folders[depth];
        if (previous && previous.compare(name) >= 0) {
            throw violation(`the file name ${JSON.stringify(name.toString())} is out of order`);
        }
        // a copy: the name may be a slice of a chunk that nobody else needs any more
        this.#folders[depth] = Buffer.from(name);
    }
    #checkSize(more) {
        if (this.#reader.consumed + more > this.#end)
            throw violation('it is larger than its size');
    }
    *#expect(bytes) {
        if (this.#reader.takeIfNext(bytes))
            return;
        const found = yield* this.#reader.raw(bytes.length);
        if (!found.equals(bytes)) {
            throw violation(`${JSON.stringify(found.toString('latin1'))} where ${nar_reader_words(bytes)} belongs`);
        }
    }
}
/** The strings of a token, for people. */
function nar_reader_words(bytes) {
    return JSON.stringify(bytes
        .toString('latin1')
        .replace(/[^ -~]+/g, ' ')
        .trim());
}

;// CONCATENATED MODULE: ./protocol/nar/receive-nar.js



/**
 * Reads the NAR of a path from the wire and checks it against what is known of the path: structure, size and SHA-256. Its bytes go to
 * `onBytes` uncopied as they come, except that the last ones are held back until the whole was found right, so that nothing
 * downstream ever holds a complete wrong NAR.
 * @returns `nar-hash-mismatch` if only the hash is wrong: the wire is at the NAR's end all the same, and the session goes on.
 * @throws ActionError `nar-invalid`: where this NAR ends is unknown, and with it everything that follows.
 */
function* receiveNar(reader, info, onBytes) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    let held;
    reader.beginTee((bytes) => {
        hash.update(bytes);
        if (held)
            onBytes(held);
        held = bytes;
    });
    try {
        yield* readNar(reader, info.narSize);
    }
    catch (error) {
        throw error instanceof domain_errors/* ActionError */.lZ && error.code === 'nar-invalid'
            ? new domain_errors/* ActionError */.lZ('nar-invalid', `the NAR of ${info.path} is damaged: ${error.message}`)
            : error;
    }
    finally {
        reader.endTee();
    }
    const actual = hash.digest('hex');
    if (actual !== info.narHash)
        return hashMismatch(info, actual);
    if (held)
        onBytes(held);
    return undefined;
}
function hashMismatch(info, actual) {
    return new domain_errors/* ActionError */.lZ('nar-hash-mismatch', `the NAR of ${info.path} has SHA-256 ${actual}, but ${info.narHash} was announced`, {
        hint: 'The path is damaged in the store it came from: run nix-store --verify --check-contents --repair there.',
    });
}

;// CONCATENATED MODULE: ./store/fifo.js
/** A queue whose `shift` does not move what is left: pipelined requests come by the ten thousand. */
class Fifo {
    #items = [];
    #head = 0;
    get length() {
        return this.#items.length - this.#head;
    }
    push(item) {
        this.#items.push(item);
    }
    peek() {
        return this.#items[this.#head];
    }
    shift() {
        const item = this.#items[this.#head];
        if (this.#head === this.#items.length)
            return undefined;
        this.#items[this.#head] = undefined;
        this.#head += 1;
        if (this.#head * 2 > this.#items.length) {
            this.#items = this.#items.slice(this.#head);
            this.#head = 0;
        }
        return item;
    }
}

;// CONCATENATED MODULE: ./store/chunk-queue.js

/**
 * The bytes of one NAR on their way from the wire to whoever iterates. Written by hand because an async generator would
 * cost several promises a chunk, and cannot be pushed into.
 */
class ChunkQueue {
    #chunks = new Fifo();
    #onTaken;
    #end;
    #waiter;
    /** @param onTaken hears of every chunk that left the queue. */
    constructor(onTaken) {
        this.#onTaken = onTaken;
    }
    push(chunk) {
        if (this.#end)
            return;
        if (!this.#waiter) {
            this.#chunks.push(chunk);
            return;
        }
        const { resolve } = this.#waiter;
        this.#waiter = undefined;
        this.#onTaken(chunk.length);
        resolve({ done: false, value: chunk });
    }
    /** No more comes: with `error` what is left is not worth having. */
    end(error) {
        this.#end ??= { error };
        const waiter = this.#waiter;
        this.#waiter = undefined;
        if (error)
            waiter?.reject(error);
        else
            waiter?.resolve({ done: true, value: undefined });
    }
    [Symbol.asyncIterator]() {
        return { next: () => this.#next() };
    }
    #next() {
        if (this.#end?.error)
            return Promise.reject(this.#end.error);
        const value = this.#chunks.shift();
        if (value) {
            this.#onTaken(value.length);
            return Promise.resolve({ done: false, value });
        }
        if (this.#end)
            return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve, reject) => {
            this.#waiter = { resolve, reject };
        });
    }
}

;// CONCATENATED MODULE: ./store/nar-window.js




/** How much may be asked for and not yet have arrived: enough to keep a fast link with a long delay full. */
const nar_window_READ_AHEAD = { paths: 2048, bytes: 64 * 1024 * 1024 };
/** Bytes here and not yet taken: above `high` the session stops reading, below `low` it goes on. */
const QUEUED = { high: 4 * 1024 * 1024, low: 1024 * 1024 };
/** The NARs of these paths in this order, pipelined, each checked as it passes. */
// eslint-disable-next-line @typescript-eslint/require-await -- what is awaited is in the queues
async function* receiveNars(session, infos) {
    const window = new NarWindow(session, infos);
    try {
        for (const info of infos)
            yield { info, nar: window.queueOf(info) };
    }
    finally {
        window.abandon();
    }
}
class NarWindow {
    #session;
    #infos;
    #queues = new WeakMap();
    #requested = 0;
    #awaitedPaths = 0;
    #awaitedBytes = 0;
    #queuedBytes = 0;
    #isAbandoned = false;
    constructor(session, infos) {
        this.#session = session;
        this.#infos = infos;
        this.#requestMore();
    }
    queueOf(info) {
        const known = this.#queues.get(info);
        if (known)
            return known;
        const queue = new ChunkQueue((bytes) => this.#onTaken(bytes));
        this.#queues.set(info, queue);
        return queue;
    }
    /** Nobody will take what is still to come; it is read and dropped, so that the session stays usable. */
    abandon() {
        this.#isAbandoned = true;
        this.#session.resume(this);
    }
    #requestMore() {
        while (!this.#isAbandoned) {
            const info = this.#infos[this.#requested];
            if (!info || !this.#hasRoomFor(info))
                return;
            this.#requested += 1;
            this.#request(info);
        }
    }
    /** A NAR larger than the window is asked for alone. */
    #hasRoomFor(info) {
        if (this.#awaitedPaths === 0)
            return true;
        return (this.#awaitedPaths < nar_window_READ_AHEAD.paths && this.#awaitedBytes + info.narSize <= nar_window_READ_AHEAD.bytes);
    }
    #request(info) {
        const queue = this.queueOf(info);
        this.#awaitedPaths += 1;
        this.#awaitedBytes += info.narSize;
        const receive = narFromPath(info.path, (reader) => receiveNar(reader, info, (bytes) => this.#onBytes(queue, bytes)));
        void this.#session
            .run(receive)
            .catch(domain_errors/* toError */.iT)
            .then((error) => {
            queue.end(error);
            this.#awaitedPaths -= 1;
            this.#awaitedBytes -= info.narSize;
            this.#requestMore();
        });
    }
    #onBytes(queue, bytes) {
        if (this.#isAbandoned)
            return;
        this.#queuedBytes += bytes.length;
        queue.push(bytes);
        if (this.#queuedBytes > QUEUED.high)
            this.#session.pause(this);
    }
    #onTaken(bytes) {
        this.#queuedBytes -= bytes;
        if (this.#queuedBytes < QUEUED.low)
            this.#session.resume(this);
    }
}

;// CONCATENATED MODULE: ./store/send-paths.js



/**
 * What follows AddMultipleToStore: how many paths, then each path's info and NAR.
 * @throws what a source throws; ActionError `nar-invalid` if a NAR is not as long as its info says, or the error of the interruption.
 */
async function sendPaths(frames, interruption, count, sources) {
    await frames.add(new WireWriter().u64(count).finish());
    let sent = 0;
    await interruption.forEach(sources, (source) => {
        sent += 1;
        return sendPath(frames, interruption, source);
    });
    if (sent !== count) {
        throw new domain_errors/* ActionError */.lZ('internal', `${count} paths were announced, but ${sent} came`);
    }
}
async function sendPath(frames, interruption, { info, nar }) {
    await frames.add(writePathInfo(new WireWriter(), info).finish());
    let size = 0;
    await interruption.forEach(nar, (chunk) => {
        size += chunk.length;
        return frames.add(chunk);
    });
    if (size !== info.narSize) {
        throw new domain_errors/* ActionError */.lZ('nar-invalid', `the NAR of ${info.path} has ${size} bytes, but ${info.narSize} were announced`);
    }
}

;// CONCATENATED MODULE: ./protocol/messages.js


/** What precedes every answer (`worker-protocol.hh`). READ and WRITE belong to operations that we never use. */
const messages_MESSAGE = {
    next: 0x6f6c6d67,
    read: 0x64617461,
    write: 0x64617416,
    last: 0x616c7473,
    error: 0x63787470,
    startActivity: 0x53545254,
    stopActivity: 0x53544f50,
    result: 0x52534c54,
};
/**
 * Reads what a daemon tells while it works, up to where its answer begins (LAST) or in its stead an error comes.
 * @returns the error, if there is one: the operation failed, the session goes on.
 */
function* readMessages(reader, onEvent) {
    for (;;) {
        reader.beginMessage();
        const type = yield* reader.u64();
        if (type === messages_MESSAGE.last) {
            reader.beginMessage();
            return undefined;
        }
        if (type === messages_MESSAGE.error)
            return yield* readNixError(reader);
        const event = yield* readEvent(reader, type);
        const heard = onEvent?.(event);
        if (heard)
            yield heard;
    }
}
function* readEvent(reader, type) {
    switch (type) {
        case messages_MESSAGE.next:
            return { kind: 'message', text: yield* reader.string() };
        case messages_MESSAGE.startActivity:
            return {
                kind: 'start',
                id: yield* reader.u64big(),
                level: yield* reader.u64(),
                type: yield* reader.u64(),
                text: yield* reader.string(),
                fields: yield* readFields(reader),
                parent: yield* reader.u64big(),
            };
        case messages_MESSAGE.stopActivity:
            return { kind: 'stop', id: yield* reader.u64big() };
        case messages_MESSAGE.result:
            return {
                kind: 'result',
                id: yield* reader.u64big(),
                type: yield* reader.u64(),
                fields: yield* readFields(reader),
            };
        default:
            throw violation(`an unknown message of type 0x${type.toString(16)}`);
    }
}
function* readFields(reader) {
    return yield* reader.list(function* () {
        const type = yield* reader.u64();
        if (type === 0)
            return yield* reader.u64big();
        if (type === 1)
            return yield* reader.string();
        throw violation(`an activity field of unknown type ${type}`);
    });
}

;// CONCATENATED MODULE: ./protocol/handshake.js







const CLIENT_MAGIC = 0x6e697863;
const SERVER_MAGIC = 0x6478696f;
const SERVER_MAGIC_BYTES = new WireWriter().u64(SERVER_MAGIC).finish();
/**
 * Everything a client says in the handshake: magic, version, no CPU affinity, no reserved space. With 1.37 nothing in it
 * depends on an answer, so it goes out with the first requests: handshake and first answer take one round trip.
 */
function clientHello(version = ADVERTISED) {
    return new WireWriter().u64(CLIENT_MAGIC).u64(version).u64(0).u64(0).finish();
}
/**
 * Reads the daemon's half of the handshake.
 * @throws ActionError `protocol-mismatch` when something else than a daemon speaks first, `protocol-too-old`, or what the
 *   daemon reports (`daemon-error`).
 */
function* readGreeting(reader, label, ours = ADVERTISED) {
    const theirs = yield* readDaemonVersion(reader, label);
    if (!isSpoken(theirs))
        throw handshake_tooOld(theirs, label);
    return yield* readWelcome(reader, label, Math.min(theirs, ours));
}
/** The first thing that a daemon says: its magic, and which protocol it speaks. */
function* readDaemonVersion(reader, label) {
    while (reader.available < SERVER_MAGIC_BYTES.length)
        yield;
    const start = reader.peek(4096);
    if (!start.subarray(0, 8).equals(SERVER_MAGIC_BYTES))
        throw mismatch(start, label);
    yield* reader.skip(SERVER_MAGIC_BYTES.length);
    return yield* reader.u64();
}
/** Whether this project can speak a protocol that the other side speaks. */
function isSpoken(version) {
    return version >> 8 === ADVERTISED >> 8 && version >= OLDEST;
}
/** What a daemon says once it knows which protocol both sides speak. */
function* readWelcome(reader, label, protocolVersion) {
    const nixVersion = protocolVersion >= SINCE.daemonVersion ? (0,domain_text/* printable */.g$)(yield* reader.string(256)) : undefined;
    const trust = protocolVersion >= SINCE.trust ? yield* readTrust(reader) : 'unknown';
    const error = yield* readMessages(reader);
    if (error)
        throw daemonError(label, error);
    return { protocolVersion, nixVersion, trust };
}
function* readTrust(reader) {
    const trust = yield* reader.u64();
    switch (trust) {
        case 0:
            return 'unknown';
        case 1:
            return 'trusted';
        case 2:
            return 'untrusted';
        default:
            throw violation(`the trust flag ${trust}`);
    }
}
/** Typically a shell's start file that prints something, also where nobody looks. */
function mismatch(start, label) {
    const end = start.indexOf(SERVER_MAGIC_BYTES);
    const noise = (0,domain_text/* printable */.g$)(start.subarray(0, end === -1 ? undefined : end).toString());
    return new domain_errors/* ActionError */.lZ('protocol-mismatch', `${label}: expected a Nix daemon, but the first output is "${noise}"`, {
        hint: 'Something on the remote prints to standard output before nix-daemon speaks, usually a shell start file ' +
            '(.bashrc, .profile, /etc/profile.d). It must print nothing in non-interactive shells.',
    });
}
function handshake_tooOld(version, label) {
    if (version >> 8 !== ADVERTISED >> 8) {
        return new domain_errors/* ActionError */.lZ('protocol-mismatch', `${label}: the daemon speaks worker protocol ${protocolText(version)}; 1.32 or a later 1.x is needed`);
    }
    return new domain_errors/* ActionError */.lZ('protocol-too-old', `${label}: the daemon speaks worker protocol ${protocolText(version)} (${nixOfProtocol(version)}); ` +
        `${protocolText(OLDEST)} (Nix 2.4) or newer is needed`, { hint: 'Upgrade Nix on that machine to 2.4 or newer, and restart its nix-daemon.' });
}

;// CONCATENATED MODULE: ./store/inbox.js


/**
 * The receiving half of a session: has a decoder take what arrives, and stops reading for as long as anybody has a reason to. There
 * are several, at the same time: whoever takes NARs, and whoever listens to what the daemon tells.
 */
class Inbox {
    reader = new WireReader();
    #duplex;
    #decoding;
    #onFailure;
    #reasons = new Set();
    /** A listener that has not done with what it heard: nothing is decoded meanwhile. */
    #awaited;
    #isClosed = false;
    #chunks = 0;
    /** @param onFailure hears what the decoder throws, or a listener. */
    constructor(duplex, decoder, onFailure) {
        this.#duplex = duplex;
        this.#decoding = decoder(this.reader);
        this.#onFailure = onFailure;
        duplex.on('data', (chunk) => this.#onChunk(chunk));
    }
    /** How often something arrived. */
    get chunks() {
        return this.#chunks;
    }
    get isPaused() {
        return this.#reasons.size > 0;
    }
    /** @param reason who or what has to be waited for; saying it twice is saying it once. */
    pause(reason) {
        this.#reasons.add(reason);
        this.#duplex.pause();
    }
    resume(reason) {
        if (!this.#reasons.delete(reason) || this.isPaused || this.#isClosed)
            return;
        this.#duplex.resume();
    }
    /** Whatever arrives from now on is dropped. */
    close() {
        this.#isClosed = true;
    }
    #onChunk(chunk) {
        if (this.#isClosed)
            return;
        this.#chunks += 1;
        this.reader.push(chunk);
        if (!this.#awaited)
            this.#decode();
    }
    #decode() {
        try {
            const { value: listener } = this.#decoding.next();
            if (listener)
                this.#waitFor(listener);
        }
        catch (error) {
            this.#onFailure((0,domain_errors/* toError */.iT)(error));
        }
    }
    #waitFor(listener) {
        this.#awaited = listener;
        this.pause(listener);
        const goOn = () => {
            this.#awaited = undefined;
            if (!this.#isClosed)
                this.#decode();
            this.resume(listener);
        };
        listener.then(goOn, (error) => this.#onFailure((0,domain_errors/* toError */.iT)(error)));
    }
}

;// CONCATENATED MODULE: ./store/outbox.js
/**
 * The sending half of a session. Requests that are made in one go leave in one write; while a body is being
 * sent, what is asked for waits behind it, so that the order on the wire is the order of asking.
 */
class Outbox {
    #duplex;
    #onFailure;
    #queue = [];
    #isFlushing = false;
    #closed;
    #waitingForDrain;
    #isInBody = false;
    #drains = 0;
    /** @param onFailure hears what a body throws. */
    constructor(duplex, onFailure) {
        this.#duplex = duplex;
        this.#onFailure = onFailure;
        duplex.on('drain', () => {
            this.#drains += 1;
            this.#waitingForDrain?.resolve();
            this.#waitingForDrain = undefined;
        });
    }
    /** How often the far side took what waited. */
    get drains() {
        return this.#drains;
    }
    get isSending() {
        return this.#isFlushing;
    }
    /** Whether a body has more to come that is not here yet: the far side has nothing to answer. */
    get isStarved() {
        return this.#isInBody && !this.#waitingForDrain;
    }
    add(request, body) {
        this.#queue.push(request);
        if (body)
            this.#queue.push(body);
        if (this.#isFlushing)
            return;
        this.#isFlushing = true;
        queueMicrotask(() => void this.#flush());
    }
    close(error) {
        this.#closed ??= error;
        this.#queue = [];
        this.#waitingForDrain?.reject(this.#closed);
    }
    async #flush() {
        try {
            while (this.#queue.length > 0) {
                const requests = this.#takeRequests();
                if (requests.length > 0)
                    await this.#write([Buffer.concat(requests)]);
                const body = this.#queue[0];
                if (typeof body === 'function') {
                    this.#queue.shift();
                    this.#isInBody = true;
                    await body(this.#write);
                    this.#isInBody = false;
                }
            }
        }
        catch (error) {
            this.#onFailure(error);
        }
        finally {
            this.#isFlushing = false;
            this.#isInBody = false;
        }
    }
    #takeRequests() {
        const end = this.#queue.findIndex((item) => typeof item === 'function');
        const taken = this.#queue.splice(0, end === -1 ? this.#queue.length : end);
        return taken.filter((item) => typeof item !== 'function');
    }
    #write = (buffers) => {
        if (this.#closed)
            return Promise.reject(this.#closed);
        let hasRoom = true;
        this.#duplex.cork();
        for (const buffer of buffers)
            hasRoom = this.#duplex.write(buffer);
        this.#duplex.uncork();
        if (hasRoom || !this.#duplex.writableNeedDrain)
            return undefined;
        return new Promise((resolve, reject) => {
            this.#waitingForDrain = { resolve, reject };
        });
    };
}

;// CONCATENATED MODULE: ./store/silence.js
/** What a daemon may do for hours without a word; its own timeouts bound it. */
const UNBOUNDED = new Set([
    'BuildPaths',
    'BuildPathsWithResults',
    'EnsurePath',
]);
/**
 * Finds out that a daemon hangs while its connection lives: SSH's keep-alive and the kernel answer for it all the while.
 * @param limitMs how long an answer may be due without anything moving
 * @param onSilent called once, with the operation
 * @returns a function that stops watching
 */
function watchSilence(limitMs, state, onSilent) {
    let { moves } = state();
    let since = performance.now();
    const timer = setInterval(() => {
        const now = state();
        if (now.moves !== moves || now.owed === undefined || UNBOUNDED.has(now.owed)) {
            moves = now.moves;
            since = performance.now();
        }
        else if (performance.now() - since >= limitMs) {
            clearInterval(timer);
            onSilent(now.owed);
        }
    }, limitMs / 10);
    timer.unref();
    return () => clearInterval(timer);
}

;// CONCATENATED MODULE: ./store/session.js










const HANDSHAKE_TIMEOUT = 30_000;
/** Longer than asking slow substituters, or waiting for a lock of the store, takes. */
const SILENCE_TIMEOUT = 300_000;
/**
 * One session of the worker protocol on a byte stream. Requests are written as they are made, answers are given to their
 * callers in the same order. Whatever ends the session rejects all that wait, with one error.
 */
class Session {
    label;
    greeting;
    #stream;
    #options;
    #inbox;
    #outbox;
    #pending = new Fifo();
    #stopWatching;
    #greeted = Promise.withResolvers();
    #handshakeTimer;
    #knownGreeting;
    #closed;
    constructor(stream, options) {
        const { silenceTimeout = SILENCE_TIMEOUT } = options;
        this.label = options.label;
        this.#stream = stream;
        this.#options = options;
        this.greeting = this.#greeted.promise;
        this.greeting.catch(() => undefined); // who waits for a request hears of it there
        this.#outbox = new Outbox(stream.duplex, (error) => this.close((0,domain_errors/* toError */.iT)(error)));
        this.#inbox = new Inbox(stream.duplex, (reader) => this.#serve(reader), (error) => this.close(this.#named(error)));
        this.#stopWatching = watchSilence(silenceTimeout, () => ({ moves: this.#inbox.chunks + this.#outbox.drains, owed: this.#owed() }), (operation) => this.close(daemonSilent(this.label, operation, silenceTimeout)));
        this.#listen();
        if (options.resumed)
            this.#knowGreeting(options.resumed);
        else
            this.#greet(options.handshakeTimeout);
    }
    /** Rejects with `daemon-error` (or its kin) if the daemon refuses; the session goes on. */
    run(operation, { onEvent, body } = {}) {
        const { promise, resolve, reject } = Promise.withResolvers();
        if (this.#closed) {
            reject(this.#closed);
            return promise;
        }
        const { label } = this;
        const { reader } = this.#inbox;
        const listener = onEvent ?? this.#options.onEvent;
        this.#pending.push({
            name: operation.name,
            fail: reject,
            *serve() {
                const error = yield* readMessages(reader, listener);
                if (error)
                    reject(daemonError(label, error));
                else
                    resolve(yield* operation.reply(reader));
            },
        });
        this.#outbox.add(operation.request, body);
        return promise;
    }
    /** Back-pressure: nothing more is read until {@link resume} is called for the same reason. */
    pause(reason) {
        this.#inbox.pause(reason);
    }
    resume(reason) {
        this.#inbox.resume(reason);
    }
    /** Whether it can still be asked. */
    get isOpen() {
        return this.#closed === undefined;
    }
    /** Whether nothing is on its way: a body may still be sent when its answer, an error, is there already. */
    get isIdle() {
        return this.#pending.length === 0 && !this.#outbox.isSending;
    }
    /** What {@link greeting} resolved to, if it did: who need not wait keeps its place in the order of requests. */
    get knownGreeting() {
        return this.#knownGreeting;
    }
    /** Closes hard, and rejects whatever waits with `reason`. Idempotent. */
    close(reason = new domain_errors/* ActionError */.lZ('cancelled', `${this.label}: the session was closed`)) {
        if (this.#closed)
            return;
        this.#closed = reason;
        clearTimeout(this.#handshakeTimer);
        this.#stopWatching();
        this.#greeted.reject(reason);
        for (let waiting = this.#pending.shift(); waiting; waiting = this.#pending.shift()) {
            waiting.fail(reason);
        }
        this.#inbox.close();
        this.#outbox.close(reason);
        this.#stream.duplex.destroy();
    }
    #listen() {
        const { duplex } = this.#stream;
        let cause;
        const ended = () => this.close(this.#streamEnded(cause));
        duplex.on('error', (error) => (cause = error));
        duplex.on('close', ended);
        duplex.on('end', () => setTimeout(ended, DIAGNOSTICS_GRACE).unref());
    }
    #greet(handshakeTimeout = HANDSHAKE_TIMEOUT) {
        const late = () => this.close(greetingTimedOut(this.label, handshakeTimeout));
        this.#handshakeTimer = setTimeout(late, handshakeTimeout);
        this.#outbox.add(clientHello(this.#options.protocolVersion));
    }
    #knowGreeting(greeting) {
        clearTimeout(this.#handshakeTimer);
        this.#knownGreeting = greeting;
        this.#greeted.resolve(greeting);
    }
    *#serve(reader) {
        if (!this.#knownGreeting) {
            const { protocolVersion } = this.#options;
            this.#knowGreeting(yield* readGreeting(reader, this.label, protocolVersion));
        }
        for (;;) {
            while (reader.available === 0)
                yield;
            const next = this.#pending.peek();
            if (!next)
                throw violation('an answer to nothing that was asked');
            yield* next.serve();
            this.#pending.shift();
        }
    }
    #named(error) {
        const isViolation = error instanceof domain_errors/* ActionError */.lZ && error.code === 'protocol-violation';
        return isViolation ? peerViolation(this.label, this.#whatIsRead(), error) : error;
    }
    #whatIsRead() {
        if (!this.#knownGreeting)
            return 'the handshake';
        const asked = this.#pending.peek()?.name;
        return asked === undefined ? 'the daemon' : `the answer to ${asked}`;
    }
    /** The operation that the daemon is to answer now, unless we do not read, or have not yet said all. */
    #owed() {
        if (this.#inbox.isPaused || this.#outbox.isStarved)
            return undefined;
        return this.#pending.peek()?.name;
    }
    #streamEnded(cause) {
        return streamEnded({
            label: this.label,
            isGreeted: this.#knownGreeting !== undefined,
            waiting: this.#pending.peek()?.name,
            waitingCount: this.#pending.length,
            diagnostics: this.#stream.diagnostics(),
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./store/daemon-store.js








/**
 * Opens a session with the daemon at the other end of `stream`. Returns at once: whatever is asked of the store before the daemon
 * has greeted goes out with the handshake, so that handshake and first answers take one round trip together.
 */
function openStore(stream, options) {
    return new DaemonStore(new Session(stream, options));
}
class DaemonStore {
    #session;
    #logs;
    constructor(session) {
        this.#session = session;
        this.#logs = new BuildLogs(session);
    }
    get label() {
        return this.#session.label;
    }
    get greeting() {
        return this.#session.greeting;
    }
    get isOpen() {
        return this.#session.isOpen;
    }
    get isIdle() {
        return this.#session.isIdle;
    }
    setOptions(options) {
        return this.#session.run(setOptions(options));
    }
    async queryValidPaths(paths, substitution = 'no-substitute') {
        if (paths.length === 0)
            return new Set();
        const asked = new Set(paths);
        const valid = await this.#session.run(queryValidPaths(paths, substitution));
        return new Set(valid.filter((path) => asked.has(path)));
    }
    async queryPathInfos(paths) {
        const answers = await this.#forEach(paths, queryPathInfo);
        const infos = new Map();
        for (const info of answers)
            if (info)
                infos.set(info.path, info);
        return infos;
    }
    queryMissing(paths) {
        return this.#session.run(queryMissing(paths));
    }
    async queryDerivationOutputMaps(drvPaths) {
        const maps = await this.#forEach(drvPaths, queryDerivationOutputMap);
        return new Map(maps.map(({ drvPath, outputs }) => [drvPath, outputs]));
    }
    nars(infos) {
        return receiveNars(this.#session, infos);
    }
    async addMultipleToStore(count, sources, check, repair = 'keep') {
        const operation = addMultipleToStore(check, repair);
        await runStreamed(this.#session, operation, {
            send: (frames, interruption) => sendPaths(frames, interruption, count, sources),
        });
    }
    addBuildLog(drvPath, chunks) {
        return this.#logs.add(drvPath, chunks);
    }
    async addTempRoots(paths) {
        await this.#forEach(paths, addTempRoot);
    }
    addIndirectRoot(link) {
        return this.#session.run(addIndirectRoot(link));
    }
    async ensurePaths(paths) {
        await this.#forEach(paths, ensurePath);
    }
    addSignatures(path, signatures) {
        return this.#session.run(addSignatures(path, signatures));
    }
    registerDrvOutput(realisation) {
        return this.#session.run(registerDrvOutput(realisation));
    }
    async build(paths, mode, onEvent) {
        const { protocolVersion } = this.#session.knownGreeting ?? (await this.greeting);
        if (protocolVersion < SINCE.buildPathsWithResults) {
            return buildWithoutResults(this, paths, () => this.buildPaths(paths, mode, onEvent));
        }
        const operation = buildPathsWithResults(paths, mode, protocolVersion);
        return this.#session.run(operation, { onEvent });
    }
    buildPaths(paths, mode, onEvent) {
        return this.#session.run(buildPaths(paths, mode), { onEvent });
    }
    close(reason) {
        this.#session.close(reason);
    }
    /** One request for each item, all written at once. */
    #forEach(items, operation) {
        return Promise.all(items.map((item) => this.#session.run(operation(item))));
    }
}

;// CONCATENATED MODULE: ./build/machine-trust.js




/** How long a machine's daemon may take to greet, milliseconds: it is asked ahead, and others wait for its answer. */
const GREETING_LIMIT = 15_000;
/**
 * Asks a daemon whether it trusts the user who has this stream to it.
 * @param signal ends the wait
 * @throws ActionError where no daemon answers
 */
async function askTrust(stream, label, signal) {
    const store = openStore(stream, { label, handshakeTimeout: GREETING_LIMIT });
    const stop = () => store.close((0,domain_errors/* toError */.iT)(signal.reason));
    signal.addEventListener('abort', stop);
    if (signal.aborted)
        stop();
    try {
        return await trustOf(store);
    }
    finally {
        signal.removeEventListener('abort', stop);
        store.close();
    }
}
/**
 * Whether a daemon trusts the user of this session. Below protocol 1.35 its greeting does not say; then it is asked to repair nothing at
 * all, which every version refuses to a user whom it does not trust before it looks at what to repair (daemon.cc, `wopBuildPaths`).
 */
async function trustOf(store) {
    const { trust } = await store.greeting;
    if (trust !== 'unknown')
        return { trust, isTold: true };
    const found = await store.buildPaths([], 'repair').then(() => 'trusted', (error) => ((0,domain_errors/* toError */.iT)(error).message.includes(REFUSED) ? 'untrusted' : 'unknown'));
    return { trust: found, isTold: false };
}
const REFUSED = "not in 'trusted-users'";
/**
 * Why Nix cannot build on a machine whose daemon does not trust its user; undefined where it can. A daemon takes a derivation without those
 * it depends on from trusted users alone (daemon.cc, `BuildDerivation`), and so Nix sends it but for 2.16 and newer to a daemon that tells
 * them of its distrust, which is not possible through `ssh://` (build-remote.cc).
 */
function trustMissing(machine, user, { trust, isTold }, local) {
    if (trust !== 'untrusted')
        return undefined;
    const obstacle = OBSTACLES.find(({ stands }) => stands(machine, isTold, local));
    if (obstacle === undefined)
        return undefined;
    return new domain_errors/* ActionError */.lZ('daemon-untrusted', `its Nix daemon does not trust user '${user}', and builds nothing for such a user ${obstacle.what}`, {
        hint: `Either ${trustLine(machine, user)}, or ${obstacle.remedy}, or build there with ` +
            'store and mode: remote-store, which needs no trust.',
    });
}
const OBSTACLES = [
    {
        stands: ({ protocol }) => protocol === 'ssh',
        what: 'through ssh://',
        remedy: 'write ssh-ng:// in place of ssh://',
    },
    {
        stands: (_machine, _isTold, local) => !buildsUntrusted(local),
        what: 'when the Nix that asks, as on this runner, is older than 2.16',
        remedy: 'use Nix 2.16 or newer on this runner',
    },
    {
        stands: (_machine, isTold) => !isTold,
        what: 'as its Nix is older than 2.15',
        remedy: 'use Nix 2.15 or newer there',
    },
];
/** Whether Nix cannot build on a machine for a user who is not trusted, as far as that is known without asking there. */
function needsTrust({ protocol }, local) {
    return protocol === 'ssh' || !buildsUntrusted(local);
}
/** What to do where a machine refuses inputs of a user who is not trusted. */
function refusalRemedy(machine, user) {
    return (`The Nix daemon there does not trust user '${user}', and takes from him only what is content-addressed or signed by a key of its ` +
        `trusted-public-keys. Either ${trustLine(machine, user)}, or sign the path with such a key, or build there with store and ` +
        'mode: remote-store, which sends derivations only.');
}
/** What to do so that a machine's daemon trusts a user. */
function trustLine(machine, user) {
    return `add the line 'extra-trusted-users = ${user}' to /etc/nix/nix.conf on ${(0,domain_machine/* machineName */.Fm)(machine)} and start its nix-daemon again`;
}
/** Whether this Nix asks machines to build that do not trust us. Lix has it from the Nix that it comes from, 2.18. */
function buildsUntrusted(local) {
    return local.vendor === 'lix' || version_isAtLeast(local, 2, 16);
}

;// CONCATENATED MODULE: ./build/remote-link.js


const PATIENCE = { firstMs: 500, longestMs: 8000, totalMs: 60_000, restMs: 0 };
/** What passes by itself: a machine that starts again, a network that comes back. */
const PASSING = new Set([
    'host-unresolvable',
    'host-unreachable',
    'connect-timeout',
    'connection-lost',
    'channel-refused',
]);
/** A remote whose connection is made anew when it was lost and somebody needs it. */
class RemoteLink {
    #options;
    #patience;
    #label;
    #closing = new AbortController();
    #current;
    #last;
    #connecting;
    #loss;
    /** Why there is no connection, until then on `performance.now()`. */
    #resting;
    #reconnects = 0;
    /** Bytes of connections that are gone. */
    #sent = 0;
    #received = 0;
    constructor(options) {
        this.#options = options;
        this.#patience = options.patience ?? PATIENCE;
        this.#label = options.first.label;
        this.#last = options.first;
        this.#hold(options.first);
    }
    /** The connection that was made last; it may be lost. */
    get last() {
        return this.#last;
    }
    /** How often there was a new connection after a lost one. */
    get reconnects() {
        return this.#reconnects;
    }
    /** Over all connections, SSH's own included. */
    get bytesSent() {
        return this.#sent + (this.#current?.bytesSent ?? 0);
    }
    get bytesReceived() {
        return this.#received + (this.#current?.bytesReceived ?? 0);
    }
    /** The last one. */
    get loss() {
        return this.#loss;
    }
    /**
     * The remote as it is now; after a loss, as soon as there is a connection again. Who asks meanwhile waits for the same connection.
     * @param signal ends this wait alone
     * @throws ActionError of ssh/, the last one when no connection came about in time, or `cancelled`
     */
    async get(signal) {
        if (this.#current && !this.#closing.signal.aborted)
            return this.#current;
        if (this.#resting && performance.now() < this.#resting.until)
            throw this.#resting.error;
        this.#connecting ??= this.#reconnect()
            .catch((error) => this.#rest(error))
            .finally(() => (this.#connecting = undefined));
        return until(signal, this.#connecting);
    }
    /** Ends the connection, and all waits. Idempotent. */
    close() {
        this.#closing.abort();
        this.#current?.close();
    }
    #hold(remote) {
        this.#current = remote;
        this.#last = remote;
        void remote.lost.then((reason) => {
            this.#sent += remote.bytesSent;
            this.#received += remote.bytesReceived;
            this.#current = undefined;
            this.#loss = { reason, at: performance.now() / 1000 };
            this.#options.onNotice(reason.message);
        });
    }
    #rest(error) {
        this.#resting = { error, until: performance.now() + this.#patience.restMs };
        throw error;
    }
    async #reconnect() {
        const began = performance.now();
        const limit = AbortSignal.timeout(this.#patience.totalMs);
        const signal = AbortSignal.any([this.#closing.signal, limit]);
        let last;
        for (let waitMs = this.#patience.firstMs;; waitMs *= 2) {
            try {
                if (this.#closing.signal.aborted)
                    throw remote_link_closed(this.#label);
                return this.#welcome(await this.#options.connect(signal));
            }
            catch (thrown) {
                if (this.#closing.signal.aborted)
                    throw remote_link_closed(this.#label);
                // What the limit itself broke off says nothing of the remote.
                if (!limit.aborted)
                    last = (0,domain_errors/* asActionError */.z6)(thrown);
                if (last && !PASSING.has(last.code))
                    throw last;
            }
            const pauseMs = Math.min(waitMs, this.#patience.longestMs) * (0.5 + Math.random());
            // Cut short by the limit or by closing, of which the next turn tells.
            await (0,promises_namespaceObject.setTimeout)(pauseMs, undefined, { signal }).catch(() => undefined);
            if (limit.aborted)
                throw gaveUp(this.#label, last, (performance.now() - began) / 1000);
        }
    }
    #welcome(remote) {
        if (this.#closing.signal.aborted) {
            remote.close();
            throw remote_link_closed(this.#label);
        }
        this.#reconnects += 1;
        this.#hold(remote);
        this.#options.onNotice(`connected to ${this.#label} again`);
        return remote;
    }
}
function gaveUp(label, last, seconds) {
    const { code, message, hint } = last ?? new domain_errors/* ActionError */.lZ('connect-timeout', `${label} does not answer`);
    return new domain_errors/* ActionError */.lZ(code, `${message} (tried for ${seconds.toFixed(0)} s)`, {
        hint,
        cause: last,
    });
}
function remote_link_closed(label) {
    return new domain_errors/* ActionError */.lZ('cancelled', `the offload socket no longer uses ${label}`);
}
/** A wait that the signal ends; what is waited for goes on. */
async function until(signal, waited) {
    const aborted = Promise.withResolvers();
    const stop = () => aborted.reject((0,domain_errors/* toError */.iT)(signal.reason));
    if (signal.aborted)
        stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
        return await Promise.race([waited, aborted.promise]);
    }
    finally {
        signal.removeEventListener('abort', stop);
    }
}

;// CONCATENATED MODULE: ./build/builder.js







const UNKNOWN = { trust: 'unknown', isTold: false };
/**
 * While Nix connects to one machine it gives work to no other (build-remote.cc), and it forgets with every build that starts which machine
 * did not answer.
 */
const BESIDE_OTHERS = { firstMs: 250, longestMs: 2000, totalMs: 10_000, restMs: 60_000 };
/** One machine, and the tunnel by which Nix reaches it. */
class Builder {
    machine;
    label;
    tunnel;
    #signal;
    #link;
    /** Beside the link's, where the machine's sshd allows few channels on one. */
    #further;
    #open;
    #trust = UNKNOWN;
    constructor({ machine, signal }, tunnel, link, further) {
        this.machine = machine;
        this.label = (0,domain_machine/* machineName */.Fm)(machine);
        this.#signal = signal;
        this.tunnel = tunnel;
        this.#link = link;
        this.#further = further;
        link.then((open) => (this.#open = open), () => undefined);
    }
    /** Opens the tunnel at once; who comes through it waits for the connection. */
    static async open(options) {
        const { machine, index, name, folder, pipe } = options;
        const onNotice = unlessRepeated(options.onNotice);
        const link = linkTo({ ...options, onNotice });
        const further = [];
        link.catch(() => undefined); // told by connect()
        const tunnel = await Tunnel.open({
            ...{ folder, name, index },
            label: (0,domain_machine/* machineName */.Fm)(machine),
            service: serviceOf(machine),
            pipe,
            connection: async (signal) => (await (await link).get(signal)).connection,
            further: async (signal) => {
                const added = await connectTo(options, signal);
                further.push(added);
                return added.connection;
            },
            onNotice,
        });
        return new Builder(options, tunnel, link, further);
    }
    /**
     * Waits for the connection, and for what the daemon there thinks of its user.
     * @param local the Nix that is to build on it
     * @returns why it cannot
     */
    async obstacle(local) {
        try {
            await this.#link;
            this.#trust = await this.#askTrust();
            return trustMissing(this.machine, this.user, this.#trust, local);
        }
        catch (error) {
            return (0,domain_errors/* asActionError */.z6)(error);
        }
    }
    /** What its daemon thinks of its user, as far as that is known. */
    get trust() {
        return this.#trust.trust;
    }
    /** Whom it is logged in as, once it is. */
    get user() {
        return this.#open?.last.connection.user ?? '';
    }
    /** Milliseconds; undefined until there is a connection. */
    get roundTripMs() {
        return this.#open?.last.connection.roundTripMs;
    }
    get bytesSent() {
        return this.#further.reduce((sum, each) => sum + each.bytesSent, this.#open?.bytesSent ?? 0);
    }
    get bytesReceived() {
        return this.#further.reduce((sum, each) => sum + each.bytesReceived, this.#open?.bytesReceived ?? 0);
    }
    get reconnects() {
        return this.#open?.reconnects ?? 0;
    }
    /** When and why its connection was last lost. */
    get loss() {
        return this.#open?.loss;
    }
    /** On a channel such as Nix's own will be; who may only serve the legacy protocol need not have one for this. */
    async #askTrust() {
        const { protocol, remoteProgram, remoteStore } = this.machine;
        if (protocol === 'ssh-ng') {
            return askTrust(await this.tunnel.openChannel(this.#signal), this.label, this.#signal);
        }
        if (remoteProgram.length > 0)
            return UNKNOWN;
        const { connection } = await (await this.#link).get(this.#signal);
        return openWorkerChannel(connection, { remoteProgram, remoteStore })
            .then((channel) => askTrust(channel, this.label, this.#signal))
            .catch(() => UNKNOWN);
    }
    /** Ends it, whatever still builds there included. */
    async close() {
        await this.tunnel.close();
        this.#link.then((link) => link.close(), () => undefined);
    }
}
async function linkTo(options) {
    const connect = (signal) => connectTo(options, signal);
    const { signal, onNotice, hasOthers } = options;
    const patience = hasOthers ? { patience: BESIDE_OTHERS } : {};
    return new RemoteLink({ first: await connect(signal), connect, onNotice, ...patience });
}
/** A machine that is gone turns one client after the other away, with the same words. */
function unlessRepeated(tell) {
    let last = '';
    return (text) => {
        if (text !== last)
            tell(text);
        last = text;
    };
}
function connectTo({ machine, access }, signal) {
    return MachineConnection.open(machine, access, signal);
}
function serviceOf({ protocol, remoteProgram, remoteStore }) {
    const kind = protocol === 'ssh' ? 'serve' : 'worker';
    return { kind, remoteProgram, remoteStore };
}

;// CONCATENATED MODULE: ./build/present-places.js

/** What passes: who cannot be had now is left out. Whatever else is wrong is for a person to see to. */
const ABSENT = new Set([
    'host-unresolvable',
    'host-unreachable',
    'connect-timeout',
    'connection-lost',
]);
/**
 * Waits for all; whoever cannot be reached is left out, and told of.
 * @throws ActionError of ssh/ for what does not pass by itself, and where nobody is left
 */
async function presentPlaces(all, onLeftOut) {
    const settled = await Promise.allSettled(all.map(({ connected }) => connected));
    const present = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failures = settled.flatMap((each, index) => each.status === 'rejected'
        ? [{ label: all[index]?.label ?? '', error: (0,domain_errors/* asActionError */.z6)(each.reason) }]
        : []);
    const serious = failures.find(({ error }) => !ABSENT.has(error.code));
    if (serious)
        throw serious.error;
    const [first, ...others] = present;
    if (first === undefined)
        throw noneLeft(failures.map(({ error }) => error));
    for (const { label, error } of failures) {
        onLeftOut(`${label} is left out: ${error.message}`);
    }
    return [first, ...others];
}
function noneLeft(errors) {
    const [first, ...others] = errors;
    if (!first)
        return new domain_errors/* ActionError */.lZ('internal', 'there is no place to build at');
    if (others.length === 0)
        return first;
    const reasons = [...new Set(errors.map(({ message }) => message))].join('; ');
    const { code, hint } = first;
    return new domain_errors/* ActionError */.lZ(code, `none of ${errors.length} remotes can be reached: ${reasons}`, {
        hint,
    });
}

;// CONCATENATED MODULE: ./build/builders.js







/** A machine that is there, and on which Nix cannot build. */
const UNFIT = new Set([
    'channel-refused',
    'nix-missing',
    'protocol-mismatch',
    'protocol-too-old',
    'protocol-violation',
    'daemon-error',
    'daemon-untrusted',
]);
/** The URI of every tunnel, without its parameters. */
const BARE_URI = /\bssh(?:-ng)?:\/\/localhost(?![\w.:?-])/g;
/** Machines that the local store builds on. */
class Builders {
    #all;
    /** The URI of one may begin like another's whole. */
    #longestFirst;
    #observe;
    #present;
    constructor(all, observe) {
        this.#all = all;
        this.#longestFirst = all.toSorted((a, b) => b.tunnel.storeUri.length - a.tunnel.storeUri.length);
        this.#present = all;
        this.#observe = observe;
    }
    /**
     * Opens a tunnel to each, and begins to connect.
     * @param opened takes what has to be closed
     */
    static async open(machines, context, opened) {
        const { observe, socketDirectory } = context;
        const folder = await makeTunnelFolder(socketDirectory);
        opened.defer(() => removeTunnelFolder(folder));
        const onNotice = (text) => observe({ kind: 'notice', text });
        const names = tunnelNames(machines);
        const all = await Promise.all(machines.map(async (machine, index) => {
            const own = { machine, index, name: names[index] ?? '', folder };
            const hasOthers = machines.length > 1;
            const builder = await Builder.open({ ...context, ...own, hasOthers, onNotice });
            opened.defer(() => builder.close());
            return builder;
        }));
        return new Builders(all, observe);
    }
    /**
     * Waits for all connections; a machine that cannot be reached, or on which this Nix cannot build, is left out.
     * @throws ActionError of ssh/ where a host key or our credentials are not accepted, and where no machine is left
     */
    async connect(local) {
        const failures = await Promise.all(this.#all.map((builder) => builder.obstacle(local)));
        for (const [index, error] of failures.entries()) {
            const remote = this.#all[index]?.label ?? '';
            const isConnected = error !== undefined && UNFIT.has(error.code);
            if (error)
                this.#observe({ kind: 'remote-failed', remote, isConnected, error });
        }
        const serious = failures.find((failure) => failure && !ABSENT.has(failure.code) && !UNFIT.has(failure.code));
        if (serious)
            throw serious;
        this.#present = this.#all.filter((_, index) => failures[index] === undefined);
        if (this.#present.length === 0)
            throw builders_noneLeft(this.#all, failures);
        for (const [index, builder] of this.#all.entries()) {
            const failure = failures[index];
            if (failure)
                this.#observe({ kind: 'warning', text: leftOut(builder, failure) });
            else
                this.#tellConnected(builder);
        }
    }
    #tellConnected(builder) {
        const { label, trust } = builder;
        this.#observe({
            ...{ kind: 'connected', remote: label },
            detail: detailOf(builder),
            answers: { trust },
        });
    }
    /** Whether there may be a machine that {@link connect} leaves out, and on which Nix would then fail a build. */
    mayBeUnfit(local) {
        return this.#all.some(({ machine }) => needsTrust(machine, local));
    }
    /** The machines that are there, in Nix's machines format. */
    lines(release) {
        const lines = this.#present.map(({ machine, tunnel }) => ({
            // Who they are, and who we are, is between us and them.
            machine: { ...machine, sshKey: undefined, publicHostKey: undefined },
            uri: tunnel.storeUri,
        }));
        return printMachines(lines, release);
    }
    /** Those that are there. */
    get present() {
        return this.#present;
    }
    get machines() {
        return this.#present.map(({ machine }) => machine);
    }
    get label() {
        return this.#present.map(({ label }) => label).join(', ');
    }
    /** How many they are, and what a person may have to know of them. */
    get detail() {
        const [only, ...others] = this.#present;
        if (only && others.length === 0)
            return detailOf(only);
        const count = `${this.#present.length} builders`;
        const wary = this.#present.filter(({ trust }) => trust === 'untrusted');
        return [count, ...wary.map((each) => `${each.label} is ${detailOf(each)}`)].join('; ');
    }
    /** Nothing goes anywhere: derivations and their inputs are in the local store. */
    inputs = {
        remoteUser: '',
        remoteSettings: () => Promise.resolve(undefined),
    };
    /** Its own machine is one of them; which features it has, Nix knows. */
    offer = () => {
        const machines = this.machines.map(({ systems, supportedFeatures, mandatoryFeatures }) => ({
            systems: new Set(systems),
            features: new Set([...supportedFeatures, ...mandatoryFeatures]),
        }));
        const capacity = this.machines.reduce((sum, each) => sum + each.maxJobs * each.speedFactor, 0);
        return Promise.resolve({ machines, others: 'possible', capacity: Math.max(capacity, 1) });
    };
    /** Nix goes on with the machines that are left. */
    lost = new Promise(() => undefined);
    builderOf = (machine) => {
        if (machine === undefined)
            return undefined;
        return machine === '' ? 'this machine' : this.rename(machine);
    };
    trustRemedy = (machine) => {
        const builder = this.#all.find(({ tunnel }) => tunnel.storeUri === machine);
        return builder && refusalRemedy(builder.machine, builder.user);
    };
    lossOf = (machine) => {
        const label = this.builderOf(machine);
        const loss = this.#all.find((builder) => builder.label === label)?.loss;
        return label !== undefined && loss ? { label, ...loss } : undefined;
    };
    /** Nix knows a machine by the way to its tunnel. When it copies paths, it leaves out which way. */
    rename = (text) => {
        const [only, ...others] = this.#all;
        const any = only && others.length === 0 ? only.label : 'a builder';
        return this.#longestFirst.reduce((renamed, { tunnel, label }) => renamed.replaceAll(tunnel.storeUri, label), text.replace(BARE_URI, any));
    };
    get bytesSent() {
        return this.#all.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    }
    get bytesReceived() {
        return this.#all.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    }
    /** How often there was a new connection after a lost one. */
    get reconnects() {
        return this.#all.reduce((sum, { reconnects }) => sum + reconnects, 0);
    }
    close() {
        for (const builder of this.#all)
            void builder.close();
    }
}
function leftOut({ label }, { message, hint, code }) {
    const remedy = UNFIT.has(code) && hint !== undefined ? `. ${hint}` : '';
    return `${label} is left out: ${withoutName(message, label)}${remedy}`;
}
/** For the log: what a person may have to know when it refuses something. */
function detailOf({ trust, user }) {
    return trust === 'untrusted'
        ? `a builder; its daemon does not trust user '${user}', and takes inputs that it can substitute or whose signature it trusts`
        : 'a builder';
}
/** Errors of a session begin with whose it is. */
function withoutName(message, label) {
    return message.startsWith(`${label}: `) ? message.slice(label.length + 2) : message;
}
/** With every machine's own reason and remedy; the code is that of one that is there, if any is. */
function builders_noneLeft(all, failures) {
    // What passes by itself may be a reason to build elsewhere; what does not is for a person to see.
    const first = failures.find((each) => each && !ABSENT.has(each.code)) ?? failures[0];
    const { code = 'internal', hint } = first ?? {};
    const verb = failures.every((each) => each && ABSENT.has(each.code)) ? 'reached' : 'used';
    if (all.length === 1) {
        const message = `the only builder cannot be ${verb}: ${first?.message}`;
        return new domain_errors/* ActionError */.lZ(code, message, { hint });
    }
    const reasons = all.map(({ label }, index) => {
        const { message = '', hint: remedy } = failures[index] ?? {};
        return `${label}: ${withoutName(message, label)}${remedy === undefined ? '' : ` (${remedy})`}`;
    });
    const message = `none of ${all.length} builders can be ${verb}: ${reasons.join('; ')}`;
    return new domain_errors/* ActionError */.lZ(code, message);
}

;// CONCATENATED MODULE: ./nix/settings.js
/**
 * Reads what `nix config show --json` prints: `{"cores": {"value": 4, …}, …}`.
 * @returns undefined if it is something else
 */
function parseSettings(json) {
    const parsed = parseJson(json);
    if (typeof parsed !== 'object' || parsed === null)
        return undefined;
    const settings = new Map();
    for (const [name, entry] of Object.entries({ ...parsed })) {
        if (typeof entry !== 'object' || entry === null || !('value' in entry))
            continue;
        const { value } = entry;
        settings.set(name, asInNixConf(value));
    }
    return settings;
}
/** A map, as `access-tokens` is one, stands in nix.conf as `name=value` words. */
function asInNixConf(value) {
    if (Array.isArray(value))
        return value.join(' ');
    if (typeof value !== 'object' || value === null)
        return String(value);
    return Object.entries({ ...value })
        .map(([name, entry]) => `${name}=${String(entry)}`)
        .join(' ');
}
function parseJson(json) {
    try {
        return JSON.parse(json);
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./nix/local-settings.js


/** Nix from 2.20 on says `config show`, before it `show-config`. */
const SPELLINGS = [['config', 'show'], ['show-config']];
/** The settings of Nix on this machine, as nix.conf and the environment make them; undefined if they cannot be read. */
async function readLocalSettings(command) {
    for (const words of SPELLINGS) {
        const args = [...words, '--json', '--extra-experimental-features', 'nix-command'];
        const { exitCode, stdout } = await runNix({ ...command, args });
        if (exitCode === 0)
            return parseSettings(stdout);
    }
    return undefined;
}
/** Those that the machine's own files give, as a daemon reads them: what a user says of trust and signatures is nothing to it. */
function readDaemonSettings(command) {
    const env = { ...command.env, NIX_USER_CONF_FILES: '', NIX_CONFIG: '' };
    return readLocalSettings({ ...command, env });
}

;// CONCATENATED MODULE: ./nix/nix-conf.js



/**
 * Writes a file of ours for every Nix from 2.4 on.
 * @throws ActionError `input-invalid` for lines, keys or a token that nix.conf cannot hold; neither lines nor the token are quoted
 */
function renderNixConf(options) {
    const ours = settingsOf(options);
    const extra = options.extraConfig ?? '';
    const lines = ours.map(({ name, value }) => `${name} = ${value}`.trimEnd());
    return {
        text: `${[...lines, extra.trimEnd()].filter((line) => line !== '').join('\n')}\n`,
        ours,
        overridden: overriddenSettings(ours, parseNixConf(extra, 'extra-nix-config')),
    };
}
function settingsOf(options) {
    const { builders, maxJobs, settings = [], publicKeys = [], accessToken } = options;
    return [
        ...(builders === undefined ? [] : nix_conf_builderSettings(builders)),
        ...(maxJobs === undefined ? [] : [{ name: 'max-jobs', value: String(maxJobs) }]),
        ...settings,
        ...(publicKeys.length === 0
            ? []
            : [{ name: 'extra-trusted-public-keys', value: publicKeys.map(checkedKey).join(' ') }]),
        ...(accessToken === undefined
            ? []
            : [
                {
                    name: 'access-tokens',
                    value: withAccessToken(accessToken, options.presentAccessTokens),
                },
            ]),
    ];
}
/**
 * What Nix is told of machines.
 * @param builders Nix's machines format, as printMachines writes it
 */
function nix_conf_builderSettings(builders) {
    if (builders.includes('#')) {
        throw new domain_errors/* ActionError */.lZ('internal', "a machine for nix.conf holds a '#', which begins a comment");
    }
    const machines = builders.split('\n').map((line) => line.trim());
    return [
        { name: 'builders', value: machines.filter((line) => line !== '').join(' ; ') },
        { name: 'builders-use-substitutes', value: 'true' },
        // Nix looks this often, in seconds, whether a place on a machine is free again; its own value is 5.
        { name: 'build-poll-interval', value: '1' },
    ];
}
/** An Ed25519 key of 32 bytes, as `nix key convert-secret-to-public` prints it. */
const PUBLIC_KEY = /^[^\s:#=]+:[A-Za-z0-9+/]{43}=$/;
function checkedKey(key) {
    if (PUBLIC_KEY.test(key))
        return key;
    throw new domain_errors/* ActionError */.lZ('input-invalid', `the public key ${JSON.stringify(key)} is none of Nix's`, {
        hint: 'Write it as Nix prints it: a name, a colon, and 44 characters of base64.',
    });
}
/**
 * Which of our settings later ones replace by another value.
 * @returns their names without `extra-`, each once
 */
function overriddenSettings(ours, later) {
    const replaced = later.filter(({ name, value }) => {
        if (name.startsWith('extra-'))
            return false;
        const own = ours.find((each) => baseName(each.name) === baseName(name));
        return own !== undefined && own.value !== value;
    });
    return [...new Set(replaced.map(({ name }) => baseName(name)))];
}

;// CONCATENATED MODULE: ./nix/find-program.js


/**
 * Where a program is, for who has another PATH than we: sudo has one of its own.
 * @param searchPath as PATH has it; relative entries are left out
 * @returns its path, symlinks in the folder resolved but not the program's own, whose name says what it is to do; undefined if there is none
 */
async function findProgram(name, searchPath) {
    for (const folder of searchPath.split(':').filter((each) => external_node_path_.isAbsolute(each))) {
        const found = await (0,external_node_fs_promises_namespaceObject.access)(external_node_path_.join(folder, name), external_node_fs_promises_namespaceObject.constants.X_OK).then(() => true, () => false);
        if (found)
            return external_node_path_.join(await (0,external_node_fs_promises_namespaceObject.realpath)(folder), name);
    }
    return undefined;
}

;// CONCATENATED MODULE: ./nix/private-daemon-script.js
/**
 * The shell script that root runs for a private daemon: `sh SCRIPT NIX-DAEMON FOLDER`. It reads lines `NAME=value` for the daemon's
 * environment and a line `.`; the end of its standard input, which is that of who started it, ends the daemon.
 *
 * What serves a client is a process of its own, in a session of its own, and outlives the daemon; so these are ended one by one.
 * A namespace of process ids would do it in one go, but Nix names the files that keep paths from being collected after process ids
 * (gc.cc, `fnTempRoots`), which have to be unique on the machine.
 */
const PRIVATE_DAEMON_SCRIPT = `set -u
program=$1 folder=$2
cd /
umask 022
PATH=\${program%/*}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin
echo started

complete=
while IFS= read -r line; do
  if [ "$line" = . ]; then complete=yes; break; fi
  export "$line"
done
[ -n "$complete" ] || exit 1

# What root's own daemon would read stays in force, below what is ours.
HOME=~root
NIX_DAEMON_SOCKET_PATH=$folder/socket
NIX_USER_CONF_FILES=$folder/nix.conf:$HOME/.config/nix/nix.conf:/etc/xdg/nix/nix.conf
export PATH HOME NIX_DAEMON_SOCKET_PATH NIX_USER_CONF_FILES
ulimit -n 1048576 2>/dev/null

children() {
  if [ -e /proc/self/status ]; then
    grep -lsx "PPid:[[:space:]]*$1" /proc/[0-9]*/status | cut -d / -f 3
  else
    pgrep -P "$1"
  fi
}

descendants() {
  for child in $(children "$1"); do
    echo "$child"
    descendants "$child"
  done
}

any_alive() {
  for pid; do
    if kill -0 "$pid" 2>/dev/null; then return 0; fi
  done
  return 1
}

end_daemon() {
  # It has ended by itself, and its process id may be another's.
  if [ -e "$folder/ended" ]; then return; fi
  # Stopped first, so that it takes no client while its children are counted.
  kill -STOP "$daemon"
  workers=$(children "$daemon")
  kill -KILL "$daemon"
  # Those whose clients are gone end their builds and themselves.
  tries=10
  while [ "$tries" -gt 0 ] && any_alive $workers; do
    sleep 0.1
    tries=$((tries - 1))
  done
  for worker in $workers; do
    # With its group, for a builder may start processes meanwhile.
    for pid in $worker $(descendants "$worker"); do
      kill -s KILL -- "-$pid" "$pid"
    done
  done
}

exec 3<&0
"$program" </dev/null >&2 3<&- &
daemon=$!
# Only our starter's end is ours; a sudo that is killed sends signals, and one's own words have nobody who reads them then.
trap '' HUP INT TERM PIPE
{ cat <&3 >/dev/null; end_daemon 2>/dev/null; } &
ending=$!
exec 3<&-
wait "$daemon"
: 2>/dev/null >"$folder/ended"
echo ended
wait "$ending"
# As removeLoadLocks() does for a user.
step=\${folder%/*}
step=\${step##*/}
case $step in
  nix-remote-build-*) rm -f /nix/var/nix/current-load/*"_\${step}_"* ;;
esac
rm -f "$folder/socket" "$folder/nix.conf" "$folder/serve.sh" "$folder/ended"
rmdir "$folder"
`;

;// CONCATENATED MODULE: ./nix/private-daemon-process.js










/** Milliseconds for sudo and the daemon to start; both take a few dozen. */
const START_LIMIT = 30_000;
/** Milliseconds for the daemon to end; its script gives those that still build a second. */
const STOP_LIMIT = 15_000;
/** Milliseconds between looks whether it listens. */
const private_daemon_process_INTERVAL = 20;
/** Characters that are kept of what it says. */
const WORDS_LIMIT = 8192;
/** What a daemon downloads with. A proxy's URL may hold a password, so that none of it may be an argument. */
const HANDED_ON = [
    ...['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE'],
    ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
];
/** The process in which sudo runs the daemon, and its folder. */
class PrivateDaemonProcess {
    socketPath;
    ended;
    #folder;
    #child;
    #stdout = '';
    #stderr = '';
    #isOver = false;
    constructor(folder, child) {
        this.socketPath = external_node_path_.join(folder, 'socket');
        this.#folder = folder;
        this.#child = child;
        child.stdout.setEncoding('utf8').on('data', (text) => this.#hear(text));
        child.stderr.setEncoding('utf8').on('data', (text) => {
            this.#stderr = (this.#stderr + text).slice(-WORDS_LIMIT);
        });
        child.on('error', (error) => (this.#stderr += error.message));
        this.ended = new Promise((resolve) => {
            child.once('close', () => {
                this.#isOver = true;
                resolve(this.#lastWords());
            });
        });
    }
    static async start(plan) {
        const { program, folder, nixConf, env } = plan;
        const script = external_node_path_.join(folder, 'serve.sh');
        const trust = `extra-trusted-users = ${userName()}`;
        await (0,external_node_fs_promises_namespaceObject.writeFile)(external_node_path_.join(folder, 'nix.conf'), `${nixConf}\n${trust}\n`, { mode: 0o600 });
        await (0,external_node_fs_promises_namespaceObject.writeFile)(script, PRIVATE_DAEMON_SCRIPT, { mode: 0o600 });
        const asRoot = process.geteuid?.() === 0 ? [] : ['sudo', '-n', '--'];
        const [command, ...args] = [...asRoot, '/bin/sh', script, program, folder];
        const child = (0,external_node_child_process_namespaceObject.spawn)(command, args, {
            env: { PATH: env['PATH'] ?? '' },
            // A session of its own: what a cancelled job's group is sent does not reach sudo, which would pass it on.
            detached: true,
        });
        child.stdin.on('error', () => undefined);
        // It stays open: the daemon lives as long.
        child.stdin.write([...environmentLines(env), '.\n'].join('\n'));
        return new PrivateDaemonProcess(folder, child);
    }
    /**
     * Resolves when it takes clients.
     * @throws ActionError `daemon-untrusted`, `daemon-error`, `cancelled`
     */
    async ready(signal) {
        const deadline = performance.now() + START_LIMIT;
        while (!(await accepts(this.socketPath))) {
            if (signal.aborted) {
                throw new domain_errors/* ActionError */.lZ('cancelled', 'cancelled while a private Nix daemon started', {
                    cause: signal.reason,
                });
            }
            if (this.#isOver)
                throw this.#whyNot();
            if (performance.now() > deadline) {
                throw new domain_errors/* ActionError */.lZ('daemon-error', `a private Nix daemon takes no clients after ${START_LIMIT / 1000} s: ${this.#lastWords()}`);
            }
            await (0,promises_namespaceObject.setTimeout)(private_daemon_process_INTERVAL);
        }
    }
    async stop() {
        this.#child.stdin.destroy();
        const limit = new AbortController();
        const late = (0,promises_namespaceObject.setTimeout)(STOP_LIMIT, 'late', { signal: limit.signal });
        late.catch(() => undefined);
        const outcome = await Promise.race([this.ended, late]);
        limit.abort();
        if (outcome === 'late' && !this.#isOver) {
            this.#letGo();
            throw new domain_errors/* ActionError */.lZ('internal', `the private Nix daemon did not end within ${STOP_LIMIT / 1000} s: ${this.#lastWords()}`, { hint: `End it as root: it listens at ${this.socketPath}.` });
        }
        await removeTunnelFolder(this.#folder);
    }
    async [Symbol.asyncDispose]() {
        await this.stop();
    }
    /** It is not to keep this process from ending. */
    #letGo() {
        this.#child.stdout.destroy();
        this.#child.stderr.destroy();
        this.#child.unref();
    }
    #hear(text) {
        this.#stdout = (this.#stdout + text).slice(-WORDS_LIMIT);
        // Without its daemon the script waits for us alone.
        if (/^ended$/m.test(this.#stdout))
            this.#child.stdin.destroy();
    }
    /** Until the script says that it runs, sudo spoke. */
    #whyNot() {
        const words = this.#lastWords();
        if (/^started$/m.test(this.#stdout)) {
            return new domain_errors/* ActionError */.lZ('daemon-error', `a private Nix daemon ended while it started: ${words}`);
        }
        const user = userName();
        return new domain_errors/* ActionError */.lZ('daemon-untrusted', `the local Nix daemon does not trust user '${user}', and sudo starts no private one without a password: ${words}`, {
            hint: `Either add the line 'trusted-users = root ${user}' to /etc/nix/nix.conf on this runner and start its nix-daemon again, or let ${user} ` +
                'use sudo without a password, or use the mode remote-store, which needs neither.',
        });
    }
    #lastWords() {
        const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '');
        return (0,domain_text/* oneLine */.TN)(lines.slice(-3).join(' | '));
    }
}
/** As Nix calls who connects (daemon.cc): by number if the user database does not know him. */
function userName() {
    try {
        return (0,external_node_os_namespaceObject.userInfo)().username;
    }
    catch {
        return String(process.geteuid?.());
    }
}
function environmentLines(env) {
    return HANDED_ON.flatMap((name) => {
        const value = env[name];
        return value === undefined || value.includes('\n') ? [] : [`${name}=${value}`];
    });
}
async function accepts(socketPath) {
    const socket = (0,external_node_net_namespaceObject.connect)(socketPath);
    const answers = await new Promise((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
    });
    socket.destroy();
    return answers;
}

;// CONCATENATED MODULE: ./nix/private-daemon.js




/**
 * Starts a private daemon through `sudo -n`, or without it as root. It ends with this process, however that ends.
 * @throws ActionError `daemon-untrusted` without sudo, naming what else would do; `nix-missing` without a nix-daemon; `daemon-error`
 *   when it does not start, with its last words; `cancelled`
 */
async function startPrivateDaemon(options) {
    const { nixConf, env, signal } = options;
    const program = await findProgram('nix-daemon', env['PATH'] ?? '');
    if (program === undefined) {
        throw new domain_errors/* ActionError */.lZ('nix-missing', `nix-daemon is not on PATH (${env['PATH'] ?? ''})`, {
            hint: 'Install Nix in an earlier step.',
        });
    }
    const folder = await makeTunnelFolder(options.folder);
    const daemon = await PrivateDaemonProcess.start({ program, folder, nixConf, env });
    try {
        await daemon.ready(signal);
        return daemon;
    }
    catch (error) {
        await daemon.stop().catch(() => undefined);
        throw error;
    }
}

;// CONCATENATED MODULE: ./store/child-stream.js


const DIAGNOSTICS_LIMIT = 8 * 1024;
/** How long a program may take to end once its streams are closed, milliseconds; nix-daemon ends its builders meanwhile. */
const EXIT_GRACE = 5_000;
/**
 * Runs a program and speaks with it over its standard input and output. Destroying the stream closes both, which ends a
 * `nix-daemon --stdio` and its builds; one that does not end is killed.
 */
function spawnByteStream(program, args, env) {
    const child = (0,external_node_child_process_namespaceObject.spawn)(program, args, { env, stdio: 'pipe' });
    let diagnostics = '';
    const note = (text) => {
        diagnostics = (diagnostics + text).slice(-DIAGNOSTICS_LIMIT);
    };
    child.stderr.setEncoding('utf8').on('data', note);
    child.on('error', (error) => note(error.message));
    return { duplex: new ChildStream(child), diagnostics: () => diagnostics };
}
class ChildStream extends external_node_stream_namespaceObject.Duplex {
    #child;
    constructor(child) {
        super();
        this.#child = child;
        const { stdin, stdout } = child;
        stdout.on('data', (chunk) => {
            if (!this.push(chunk))
                stdout.pause();
        });
        stdout.on('end', () => this.push(null));
        stdout.on('error', (error) => this.destroy(error));
        stdin.on('error', (error) => this.destroy(error));
        child.on('error', (error) => this.destroy(error));
        child.on('close', () => this.destroy());
    }
    _read() {
        this.#child.stdout.resume();
    }
    _write(chunk, _encoding, done) {
        this.#child.stdin.write(chunk, done);
    }
    _writev(chunks, done) {
        const { stdin } = this.#child;
        const last = chunks.length - 1;
        stdin.cork();
        for (const [index, { chunk }] of chunks.entries()) {
            stdin.write(chunk, index === last ? done : undefined);
        }
        stdin.uncork();
    }
    _final(done) {
        this.#child.stdin.end(done);
    }
    _destroy(error, done) {
        const child = this.#child;
        child.stdin.destroy();
        child.stdout.destroy();
        // A process that the program left behind may hold its standard error for as long as it likes.
        const end = () => void child.stderr.destroy();
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
            const kill = setTimeout(() => child.kill('SIGKILL'), EXIT_GRACE);
            child.once('exit', () => {
                clearTimeout(kill);
                end();
            });
        }
        else {
            end();
        }
        done(error);
    }
}

;// CONCATENATED MODULE: ./store/local-store.js





const STATE_DIR = '/nix/var/nix';
const SOCKET = `${STATE_DIR}/daemon-socket/socket`;
/**
 * Opens a session with the local store.
 * @throws ActionError `nix-missing` if there is neither a daemon that answers nor a store that this user may write.
 */
async function local_store_openLocalStore(options) {
    const { stream, access } = await openLocalStream(options);
    return { store: openStore(stream, { label: 'the local store', ...options.session }), access };
}
/** Like {@link openLocalStore}, for who speaks the protocol himself. */
async function openLocalStream(options) {
    const socketPath = options.socketPath ?? SOCKET;
    const stream = await local_store_connectTo(socketPath).catch(domain_errors/* toError */.iT);
    if (!(stream instanceof Error)) {
        return { stream, access: { kind: 'socket', path: socketPath, storeUri: 'daemon' } };
    }
    if (!(await isWritable(STATE_DIR)))
        throw noStore(socketPath, stream);
    const child = spawnByteStream(options.nixDaemon ?? 'nix-daemon', STDIO_ARGUMENTS, options.env);
    return { stream: child, access: { kind: 'direct', storeUri: 'local' } };
}
/** `--option store` goes before NIX_REMOTE and nix.conf, in every version. */
const STDIO_ARGUMENTS = ['--stdio', '--option', 'store', 'local'];
async function local_store_connectTo(path) {
    const duplex = (0,external_node_net_namespaceObject.connect)(path);
    await new Promise((resolve, reject) => {
        duplex.once('connect', resolve);
        duplex.once('error', reject);
    });
    return { duplex, diagnostics: () => '' };
}
async function isWritable(folder) {
    return (0,external_node_fs_promises_namespaceObject.access)(folder, external_node_fs_promises_namespaceObject.constants.R_OK | external_node_fs_promises_namespaceObject.constants.W_OK).then(() => true, () => false);
}
function noStore(socketPath, cause) {
    return new domain_errors/* ActionError */.lZ('nix-missing', `the local store: no Nix daemon answers at ${socketPath} (${cause.message}), and ${STATE_DIR} is not writable`, { hint: 'Install Nix on the runner, or start its nix-daemon.', cause });
}

;// CONCATENATED MODULE: ./build/daemon-options.js
/** What a daemon does by itself: Nix's defaults. */
const DEFAULT_LOGGING = { verbosity: 3, verboseBuild: true };
/**
 * The options as arguments of `nix-daemon --stdio`: they reach the building daemon from Nix 2.20 on, and before it for
 * root and single-user stores (measured on 2.8.0, 2.26.3, 2.34.8).
 */
function daemonArguments(options) {
    return [
        ...(options.keepGoing === true ? ['--keep-going'] : []),
        ...(options.keepGoing === false ? ['--option', 'keep-going', 'false'] : []),
        ...numeric('--max-jobs', options.maxJobs),
        ...numeric('--cores', options.cores),
        ...numeric('--timeout', options.timeout),
        ...numeric('--max-silent-time', options.maxSilentTime),
        ...[...options.settings].flatMap(([name, value]) => ['--option', name, value]),
    ];
}
/**
 * Decides how options travel. SetOptions has no "leave alone" value: it overwrites the daemon's `max-jobs` and `cores`, so it is
 * sent only when something was asked for, and only when the remote's own values are known for the rest.
 *
 * @param settings undefined where `nix config show` may not run on the remote (a forced command): then arguments of ours did
 *   not get there either.
 */
function daemon_options_deliverOptions(options, channel, nixVersion, settings, logging = DEFAULT_LOGGING) {
    const asked = askedNames(options);
    if (asked.length === 0 && isDefault(logging)) {
        return { setOptions: undefined, undeliverable: [] };
    }
    if (channel === 'exec' && settings && !splicesRawBytes(nixVersion)) {
        return { setOptions: undefined, undeliverable: [] };
    }
    const complete = fillOptions(options, settings, logging);
    const heard = channel === 'socket' || splicesRawBytes(nixVersion);
    if (!heard || !complete)
        return { setOptions: undefined, undeliverable: asked };
    return { setOptions: complete, undeliverable: [] };
}
/**
 * Names of `build-options` that a daemon ignores, because it does not trust us. Some versions warn of it where we cannot read
 * it, and 2.8 not at all.
 */
function ignoredSettings(options, trust) {
    if (trust !== 'untrusted')
        return [];
    return [...options.settings.keys()].filter((name) => !daemon_options_UNRESTRICTED.has(name));
}
/** Says of a daemon that it does not heed {@link ignoredSettings}. */
function ignoredText(label, names) {
    const verb = names.length === 1 ? 'is' : 'are';
    return (`build-options: ${names.join(', ')} ${verb} heeded for trusted users only, and ${label} does not trust this one. ` +
        `Set ${names.length === 1 ? 'it' : 'them'} in nix.conf there, or build as one of its trusted-users.`);
}
/** Settings with a field of their own in SetOptions. */
const POSITIONAL = new Set([
    'keep-failed',
    'keep-going',
    'fallback',
    'max-jobs',
    'cores',
    'substitute',
]);
/** What anybody may set (daemon.cc, ClientSettings::apply): some settings by name, and those with a field of their own. */
const daemon_options_UNRESTRICTED = new Set([
    'timeout',
    'max-silent-time',
    'build-poll-interval',
    'connect-timeout',
    ...POSITIONAL,
]);
/** The options as settings of nix.conf, but for the number of jobs. */
function confSettings({ keepGoing, cores, timeout, maxSilentTime, settings, }) {
    const all = [
        ['keep-going', keepGoing],
        ['cores', cores],
        ['timeout', timeout],
        ['max-silent-time', maxSilentTime],
        ...settings,
    ];
    return all.flatMap(([name, value]) => value === undefined ? [] : [{ name, value: String(value) }]);
}
/** Equal for options that ask for the same. */
function optionsKey(options) {
    return JSON.stringify(daemonArguments(options));
}
/** Names of the inputs that ask for something, as they are spelled in action.yml. */
function askedNames(options) {
    return [
        ...(options.keepGoing === undefined ? [] : ['keep-going']),
        ...(options.maxJobs === undefined ? [] : ['max-jobs']),
        ...(options.cores === undefined ? [] : ['cores']),
        ...(options.timeout === undefined ? [] : ['timeout']),
        ...(options.maxSilentTime === undefined ? [] : ['max-silent-time']),
        ...(options.settings.has('keep-failed') ? ['keep-failed'] : []),
        ...([...options.settings.keys()].some((name) => name !== 'keep-failed')
            ? ['build-options']
            : []),
    ];
}
/**
 * Below 2.20 `nix-daemon --stdio` of an ordinary user passes bytes on unread, so SetOptions arrives and its own arguments do
 * not; since then it reads each operation and keeps SetOptions to itself (nix/unix/daemon.cc, PR 7912).
 */
function splicesRawBytes(nixVersion) {
    const match = /^(\d+)\.(\d+)/.exec(nixVersion ?? '');
    return match !== null && Number(match[1]) === 2 && Number(match[2]) < 20;
}
function fillOptions(options, settings, { verbosity, verboseBuild }) {
    // An untrusted client's fields are heeded where the same settings by name are not.
    const wanted = new Map([...(settings ?? []), ...options.settings]);
    const maxBuildJobs = options.maxJobs ?? jobs(wanted);
    const buildCores = options.cores ?? daemon_options_number(wanted, 'cores');
    if (maxBuildJobs === undefined || buildCores === undefined)
        return undefined;
    const overrides = new Map([...options.settings].filter(([name]) => !POSITIONAL.has(name)));
    // Only the override sets the time-out; for the silence 2.8.0 hears only the positional field, so that one is below.
    if (options.timeout !== undefined)
        overrides.set('timeout', String(options.timeout));
    return {
        keepFailed: isTrue(wanted.get('keep-failed')),
        keepGoing: options.keepGoing ?? isTrue(wanted.get('keep-going')),
        tryFallback: isTrue(wanted.get('fallback')),
        verbosity,
        verboseBuild,
        maxBuildJobs,
        maxSilentTime: options.maxSilentTime ?? daemon_options_number(wanted, 'max-silent-time') ?? 0,
        buildCores,
        useSubstitutes: isTrue(wanted.get('substitute') ?? 'true'),
        overrides,
    };
}
function isDefault({ verbosity, verboseBuild }) {
    return verbosity === DEFAULT_LOGGING.verbosity && verboseBuild === DEFAULT_LOGGING.verboseBuild;
}
/** Nix's spellings (config.cc, `parseBool`). */
function isTrue(text) {
    return text === 'true' || text === 'yes' || text === '1';
}
function jobs(settings) {
    // `auto` is answered as the number it stands for in all versions seen; if not, it is not known here.
    return daemon_options_number(settings, 'max-jobs');
}
function daemon_options_number(settings, name) {
    const text = settings.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
function numeric(flag, value) {
    return value === undefined ? [] : [flag, String(value)];
}

;// CONCATENATED MODULE: ./build/daemon-reach.js







/** How long a daemon may take, milliseconds. It has nothing to do but to connect. */
const daemon_reach_LIMIT = 5000;
/** In no store. */
const NOWHERE = parseStorePath(`/nix/store/${'0'.repeat(32)}-nix-remote-build`);
/**
 * Makes sure that a daemon that trusts us reaches sockets of ours: one that runs outside of the container that the job is in, or has a /tmp
 * of its own, could start nothing there that joins it to a tunnel. It is told of a substituter behind a socket of ours, and asked what that
 * has; where it cannot connect, its answer says so.
 * @param store a session of its own, closed afterwards
 * @param folder where tunnels are
 * @param settings the local Nix's
 * @throws ActionError `daemon-elsewhere`; any other trouble is no answer
 */
async function checkDaemonReach(store, folder, settings) {
    const socketPath = external_node_path_.join(folder, '.reach');
    const server = (0,external_node_net_namespaceObject.createServer)((client) => client.destroy());
    await listenPrivately(server, socketPath, 'a question to the local Nix daemon');
    const limit = setTimeout(() => store.close(), daemon_reach_LIMIT);
    try {
        const complaint = await askThrough(store, socketPath, settings);
        if (complaint.includes('cannot connect') && complaint.includes(socketPath))
            throw elsewhere();
    }
    finally {
        clearTimeout(limit);
        store.close();
        server.close();
        await (0,external_node_fs_promises_namespaceObject.rm)(socketPath, { force: true });
    }
}
/** @returns what the daemon complains about; nobody who connects to that socket is answered, so that it always does, if it is trusted to */
async function askThrough(store, socketPath, settings) {
    try {
        const { nixVersion } = await store.greeting;
        const { setOptions } = daemon_options_deliverOptions(optionsFor(socketPath), 'socket', nixVersion, settings);
        if (setOptions === undefined)
            return '';
        await store.setOptions(setOptions);
        await store.queryMissing([{ kind: 'opaque', path: NOWHERE }]);
        return '';
    }
    catch (error) {
        return (0,domain_errors/* toError */.iT)(error).message;
    }
}
function optionsFor(socketPath) {
    const asked = { substituters: `unix://${socketPath}`, substitute: 'true', fallback: 'false' };
    return {
        keepGoing: undefined,
        maxJobs: undefined,
        cores: undefined,
        timeout: undefined,
        maxSilentTime: undefined,
        settings: new Map(Object.entries(asked)),
    };
}
function elsewhere() {
    return new domain_errors/* ActionError */.lZ('daemon-elsewhere', 'the local Nix daemon does not reach the sockets of this job, and could not use its builders: it runs outside of the container that the job ' +
        'is in, or with a /tmp of its own', {
        hint: 'Use store in place of builders (mode: remote-store), which asks nothing of that daemon; or run the job outside of the container, or ' +
            'with a Nix of its own in it; or, where the service of nix-daemon has PrivateTmp, take that away.',
    });
}

;// CONCATENATED MODULE: ./build/import-permission.js

/**
 * Decides, before anything is built, whether built outputs can be imported into the local store, and with which check.
 * @throws ActionError `signature-required` when nothing that the remote builds could ever be imported, naming the line to add.
 */
function importPermission(evidence) {
    const { localSettings } = evidence;
    if (isTrustedLocally(evidence))
        return 'no-signature-check';
    if (localSettings?.get('require-sigs') === 'false')
        return 'check-signatures';
    const signs = import_permission_words(evidence.remoteSettings?.get('secret-key-files')).length > 0;
    // Where the remote's settings are not readable it may sign; the import itself then says.
    if (signs || evidence.remoteSettings === undefined)
        return 'check-signatures';
    throw new domain_errors/* ActionError */.lZ('signature-required', `${evidence.reason}: the local Nix daemon does not trust user '${evidence.localUser}', and ${evidence.remoteLabel} does not sign what it builds, so its outputs cannot be imported here`, {
        hint: `Either add the line 'trusted-users = root ${evidence.localUser}' to /etc/nix/nix.conf on this runner, or set 'secret-key-files' in nix.conf on ` +
            `${evidence.remoteLabel} and add its public key to 'trusted-public-keys' on this runner${OTHERWISE[evidence.reason]}.`,
    });
}
const OTHERWISE = {
    'copy-outputs': ', or leave copy-outputs at false',
    'offload socket': '',
};
/**
 * Daemons below protocol 1.35 do not say whether they trust us: then their `trusted-users` tells. A group in it may be one of ours;
 * then the import itself says.
 */
function isTrustedLocally(evidence) {
    if (evidence.localTrust !== 'unknown')
        return evidence.localTrust === 'trusted';
    const trusted = import_permission_words(evidence.localSettings?.get('trusted-users'));
    return trusted.some((name) => name === '*' || name === evidence.localUser || name.startsWith('@'));
}
function import_permission_words(text) {
    return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

;// CONCATENATED MODULE: ./build/local-trust.js



/** Whether who serves the local store does all that this user says; a `nix-daemon --stdio` of his own does. */
async function isTrustedByLocal({ access, store }, { env, signal, user }) {
    if (access.kind === 'direct')
        return true;
    const { trust } = await store.greeting;
    const command = { nix: 'nix', env, signal, workingDirectory: external_node_os_namespaceObject.tmpdir() };
    const localSettings = trust === 'unknown' ? await readDaemonSettings(command) : undefined;
    return isTrustedLocally({ localTrust: trust, localSettings, localUser: user });
}

;// CONCATENATED MODULE: ./nix/user-conf-files.js






/**
 * Writes a configuration, which may hold a secret, for nobody but this user. Several steps of a job may have one each.
 * @param folder a folder of this job: `RUNNER_TEMP`, or a private one below it
 * @returns its path
 */
async function writeNixConf(folder, text) {
    const file = external_node_path_.join(folder, `nix-remote-build-${(0,external_node_crypto_.randomBytes)(6).toString('hex')}.conf`);
    await (0,external_node_fs_promises_namespaceObject.writeFile)(file, text, { mode: 0o600, flag: 'wx' });
    return file;
}
/**
 * The value of NIX_USER_CONF_FILES with which Nix reads `file` as the last, so that it wins, and before it all that it reads without us.
 *
 * Nix applies its system's nix.conf, then the files of this list from the last to the first, then NIX_CONFIG (globals.cc, `loadConfFile`).
 * When the variable is set it looks nowhere else, so the files that it would find by itself are named too.
 * @param file absolute and without `:`
 * @param env the environment in which Nix will run
 */
async function userConfFiles(file, env, version) {
    if (file.includes(':')) {
        throw new domain_errors/* ActionError */.lZ('internal', `Nix cannot read a configuration whose path holds ':': ${file}`, {
            hint: 'Set RUNNER_TEMP to a folder whose path has none.',
        });
    }
    const inherited = env['NIX_USER_CONF_FILES'];
    const others = inherited === undefined ? await defaultFiles(env, version) : splitPath(inherited);
    return [file, ...others.filter((other) => other !== file)].join(':');
}
/** All files that Nix reads for its settings: the system's, and the user's. */
async function confFiles(env, version) {
    const inherited = env['NIX_USER_CONF_FILES'];
    const users = inherited === undefined ? await defaultFiles(env, version) : splitPath(inherited);
    return [`${env['NIX_CONF_DIR'] ?? '/etc/nix'}/nix.conf`, ...users];
}
/** Newer Nix takes an empty entry for the working directory (executable-path.cc), older for nothing; neither can read it. */
function splitPath(list) {
    return list.split(':').filter((entry) => entry !== '');
}
/** Where Nix looks by itself (users.cc, `getConfigDirs`). */
async function defaultFiles(env, version) {
    const shared = splitPath(env['XDG_CONFIG_DIRS'] ?? '/etc/xdg').map((folder) => `${folder}/nix`);
    const folders = [await configFolder(env, version), ...shared];
    return folders.map((folder) => `${folder}/nix.conf`);
}
async function configFolder(env, version) {
    const ownVariable = version.vendor !== 'lix' && version_isAtLeast(version, 2, 25);
    const named = ownVariable ? env['NIX_CONFIG_HOME'] : undefined;
    if (named !== undefined)
        return named;
    const shared = env['XDG_CONFIG_HOME'];
    return shared === undefined ? `${await homeFolder(env, version)}/.config/nix` : `${shared}/nix`;
}
/** From 2.11 on Nix leaves a HOME that is somebody else's, as in job containers, for that of the user database. */
async function homeFolder(env, version) {
    const home = env['HOME'];
    if (home === undefined)
        return (0,external_node_os_namespaceObject.userInfo)().homedir;
    if (!version_isAtLeast(version, 2, 11))
        return home;
    const owner = await (0,external_node_fs_promises_namespaceObject.stat)(home).catch(() => undefined);
    return owner === undefined || owner.uid === process.geteuid?.() ? home : (0,external_node_os_namespaceObject.userInfo)().homedir;
}

;// CONCATENATED MODULE: ./build/runner-conf.js










/**
 * Puts what the user gave in force; where nothing is given, nothing is done.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
async function openGivenConf(given, context, opened) {
    const { env } = context;
    if (given.accessToken === undefined && given.extraConfig.trim() === '') {
        return { env, exports: {} };
    }
    const version = await nixVersion(commandOf(context));
    return openRunnerConf(given, version, context, opened);
}
/**
 * Writes a configuration of ours, the user's lines last, and tells what of ours does not hold because of them.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
async function openRunnerConf(options, version, context, opened) {
    const { env, socketDirectory } = context;
    const { text, ours, overridden } = renderNixConf({
        ...options,
        presentAccessTokens: options.accessToken && (await presentAccessTokens(context)),
    });
    tellOfOverridden(ours, overridden, context);
    const file = await writeNixConf(socketDirectory, text);
    // Of no use when the step has ended, and it may hold a secret.
    opened.defer(() => (0,external_node_fs_promises_namespaceObject.rm)(file, { force: true }));
    const exports = { NIX_USER_CONF_FILES: await userConfFiles(file, env, version) };
    const conf = { env: { ...env, ...exports }, exports };
    if (options.extraConfig.trim() !== '')
        await tryOut({ ...context, env: conf.env }, file);
    return conf;
}
function commandOf({ env, signal }) {
    return { nix: 'nix', env, signal, workingDirectory: external_node_os_namespaceObject.tmpdir() };
}
async function presentAccessTokens(context) {
    return (await readLocalSettings(commandOf(context)))?.get('access-tokens');
}
function tellOfOverridden(ours, byExtra, { env, observe }) {
    const warn = (source, names) => {
        if (names.length === 0)
            return;
        const text = `${source} overrides what this step sets: ${names.join(', ')}`;
        observe({ kind: 'warning', text });
    };
    warn('extra-nix-config', byExtra);
    warn('NIX_CONFIG', overriddenSettings(ours, readable(env['NIX_CONFIG'] ?? '')));
}
/** What is wrong with the job's own configuration is for Nix to say. */
function readable(text) {
    try {
        return parseNixConf(text, 'NIX_CONFIG');
    }
    catch {
        return [];
    }
}
/** A value that Nix does not take, or a file that is not there, would fail every command of every later step. */
async function tryOut(context, file) {
    const words = [];
    const { exitCode } = await runNix({
        ...commandOf(context),
        args: ['--version'],
        onStderr: (line) => words.push(line),
    });
    if (exitCode === 0)
        return;
    const said = (0,domain_text/* oneLine */.TN)(words.join(' '))
        .replace(/^error: /, '')
        .replaceAll(file, 'it');
    throw new domain_errors/* ActionError */.lZ('input-invalid', `extra-nix-config: Nix does not take it: ${said}`, {
        hint: 'Correct that line, or leave it out.',
    });
}

;// CONCATENATED MODULE: ./build/local-nix.js











/**
 * Has the local Nix build on our machines: through a configuration of ours, and where its daemon does not take that from this user,
 * through a daemon for this job alone.
 * @param opened takes what has to be closed
 * @throws ActionError of nix/private-daemon.ts and daemon-reach.ts, and `input-invalid` for what Nix does not take of `extra-nix-config`
 */
async function openLocalNix(builders, version, local, { options, nixConf: given }, context, opened) {
    const machines = {
        builders: builders.lines(version),
        maxJobs: options.maxJobs,
        settings: confSettings(options),
        extraConfig: given.extraConfig,
    };
    const { accessToken } = given;
    const { env, exports } = await openRunnerConf({ ...machines, accessToken }, version, context, opened);
    const [settings, isHeard] = await Promise.all([
        readLocalSettings(nixCommand({ env, signal: context.signal })),
        isTrustedByLocal(local, context),
    ]);
    const known = { settings, version, rename: builders.rename };
    if (isHeard) {
        const { storeUri, kind } = local.access;
        const socketPath = daemonSocketPath(env);
        if (kind === 'socket') {
            const { store } = await local_store_openLocalStore({ env, socketPath });
            await checkDaemonReach(store, context.socketDirectory, settings);
        }
        return { storeUri, socketPath, ...known, exports, env };
    }
    // It downloads nothing for an evaluation, and needs no token.
    const { text: nixConf } = renderNixConf(machines);
    const { socketDirectory: folder, signal } = context;
    const daemon = await startPrivateDaemon({ nixConf, folder, env, signal });
    opened.defer(() => daemon.stop());
    const { socketPath } = daemon;
    const own = { NIX_DAEMON_SOCKET_PATH: socketPath };
    const all = { ...exports, ...own, NIX_REMOTE: 'daemon' };
    return { storeUri: 'daemon', socketPath, ...known, exports: all, env: { ...env, ...own } };
}
/** Which Nix this runner has. */
function localNixVersion(context) {
    return nixVersion(nixCommand(context));
}
function nixCommand({ env, signal }) {
    return { nix: 'nix', env, signal, workingDirectory: external_node_os_namespaceObject.tmpdir() };
}

;// CONCATENATED MODULE: ./build/given-conf.js





/** Settings that whoever builds and imports goes by: with a daemon that is the daemon, which heeds them from trusted users only. */
const OF_DAEMON = new Set([
    ...['substituters', 'trusted-substituters', 'trusted-public-keys', 'require-sigs'],
    ...['always-allow-substitutes', 'max-substitution-jobs', 'hashed-mirrors', 'secret-key-files'],
    ...['sandbox', 'sandbox-paths', 'sandbox-fallback', 'sandbox-build-dir', 'sandbox-dev-shm-size'],
    ...['allowed-impure-host-deps', 'filter-syscalls', 'allow-new-privileges', 'impure-env'],
    ...['system', 'extra-platforms', 'system-features', 'builders', 'builders-use-substitutes'],
    ...['build-hook', 'build-dir', 'build-users-group', 'use-cgroups', 'auto-allocate-uids'],
    ...['pre-build-hook', 'post-build-hook', 'diff-hook', 'run-diff-hook', 'max-build-log-size'],
    ...['keep-build-log', 'compress-build-log', 'keep-outputs', 'keep-derivations', 'min-free'],
    ...['max-free', 'auto-optimise-store', 'fsync-metadata', 'trusted-users', 'allowed-users'],
]);
/** Those of `extra-nix-config`, by their names of today. */
function settingsIn(extraConfig) {
    const settings = parseNixConf(extraConfig, 'extra-nix-config');
    return settings.map(({ name, value }) => ({ name: baseName(name), value }));
}
/**
 * The options for a session of ours, with what the user gave put over them, as Nix's own clients send it to a daemon. What concerns
 * clients alone, tokens among it, stays here.
 * @param inForce the settings as they are with what was given
 */
function given_conf_withGivenConf(options, extraConfig, inForce) {
    const names = new Set(settingsIn(extraConfig).map(({ name }) => name));
    const unlessGiven = (name, value) => names.has(name) ? undefined : value;
    const given = [...names]
        .filter((name) => OF_DAEMON.has(name) || UNRESTRICTED.has(name))
        .map((name) => [name, inForce?.get(name)])
        .filter((entry) => entry[1] !== undefined);
    return {
        keepGoing: unlessGiven('keep-going', options.keepGoing),
        maxJobs: unlessGiven('max-jobs', options.maxJobs),
        cores: unlessGiven('cores', options.cores),
        timeout: unlessGiven('timeout', options.timeout),
        maxSilentTime: unlessGiven('max-silent-time', options.maxSilentTime),
        settings: new Map([...options.settings, ...given]),
    };
}
/**
 * Which of them a daemon ignores that does not trust us (daemon.cc, ClientSettings::apply).
 * @param daemon the daemon's own settings; undefined if they could not be read
 */
function unheardSettings(given, daemon) {
    const words = (text = '') => text.split(/\s+/).filter(Boolean);
    const allowed = new Set(['substituters', 'trusted-substituters'].flatMap((name) => words(daemon?.get(name))));
    const isHeard = ({ name, value }) => (name === 'substituters' && words(value).every((each) => allowed.has(each))) ||
        (name === 'builders' && value === '');
    return [...new Set(given.filter((each) => !isHeard(each)).map(({ name }) => name))];
}
/** Warns of what has no effect, where the local daemon takes orders from others than us. */
async function warnOfUnheard({ extraConfig }, local, context) {
    const given = settingsIn(extraConfig).filter(({ name }) => OF_DAEMON.has(name));
    if (given.length === 0 || (await isTrustedByLocal(local, context)))
        return;
    const { env, signal, user, observe } = context;
    const daemon = await readDaemonSettings({
        nix: 'nix',
        env,
        signal,
        workingDirectory: external_node_os_namespaceObject.tmpdir(),
    });
    const names = unheardSettings(given, daemon);
    if (names.length === 0)
        return;
    const text = `extra-nix-config: the local Nix daemon does not trust user '${user}', and ignores what it says of ${names.join(', ')}. ` +
        'Set that in /etc/nix/nix.conf on this runner.';
    observe({ kind: 'warning', text });
}

;// CONCATENATED MODULE: ./build/builder-session.js





/**
 * A session with the local store that builds on machines.
 * @throws ActionError `daemon-error` when the daemon does not take the machines
 */
async function openBuilderSession(builders, { env, socketPath, settings, version }, { options, nixConf }, { observe }) {
    const { store } = await openLocalStore({ env, socketPath });
    try {
        const { nixVersion } = await store.greeting;
        const machines = builderSettings(builders.lines(version));
        const ours = machines.map(({ name, value }) => [name, value]);
        const asked = { ...options, settings: new Map([...ours, ...options.settings]) };
        const { setOptions } = deliverOptions(withGivenConf(asked, nixConf.extraConfig, settings), 'socket', nixVersion, settings);
        if (!setOptions)
            throw settingsUnreadable();
        await store.setOptions(setOptions);
        const unheard = notEnforcedWarning(options);
        if (unheard !== undefined)
            observe({ kind: 'warning', text: unheard });
        return store;
    }
    catch (error) {
        store.close();
        throw error;
    }
}
/**
 * What no daemon of a machine gets to know: over ssh-ng Nix passes nothing on (`SSHStore::setOptions` is empty in every version), over ssh the
 * two limits, but to a `nix-store --serve` that does not tell its daemon.
 */
const NOT_PASSED_ON = new Set(['cores', 'timeout', 'max-silent-time']);
/** Says which options do not reach machines; undefined if all do. */
function notEnforcedWarning(options) {
    const given = [...askedNames(options), ...options.settings.keys()];
    const names = given.filter((name) => NOT_PASSED_ON.has(name));
    if (names.length === 0)
        return undefined;
    return (`${names.join(', ')}: Nix does not pass this on to the daemons of builders, which build as they are set up themselves. ` +
        'Set it in their nix.conf, or use mode: remote-store.');
}
/** What the local Nix has set is to be sent along with every option. */
function settingsUnreadable() {
    return new ActionError('daemon-error', 'the local Nix does not tell its settings', {
        hint: 'Does `nix config show` (`nix show-config` before 2.20) work on this runner?',
    });
}

;// CONCATENATED MODULE: ./service/builders-service.js
var builders_service_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var builders_service_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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






/** Tunnels to machines, for Nix in later steps, and a configuration that names them. */
class BuildersService {
    ready;
    #builders;
    #opened;
    #records;
    constructor(ready, builders, opened, records) {
        this.ready = ready;
        this.#builders = builders;
        this.#opened = opened;
        this.#records = records;
    }
    /**
     * Connects, and makes sure that the local Nix takes the machines.
     * @throws ActionError with what keeps it from serving
     */
    static async start(request, context) {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const opening = builders_service_addDisposableResource(env_1, new AsyncDisposableStack(), true);
            const records = new OffloadRecords();
            const warnings = [];
            const observe = (event) => {
                if (event.kind === 'warning')
                    warnings.push(event.text);
                if (event.kind !== 'notice')
                    return;
                records.addNotice(event.text);
                context.onNotice(event.text);
            };
            const { options, machines } = request;
            const { path } = context.folder;
            const inner = { ...context, observe, temporaryDirectory: path, socketDirectory: path };
            const builders = await Builders.open(machines, inner, opening);
            const version = await localNixVersion(context);
            await builders.connect(version);
            const { env } = context;
            const local = await local_store_openLocalStore({ env, socketPath: daemonSocketPath(env) });
            opening.defer(() => local.store.close());
            const { exports } = await openLocalNix(builders, version, local, request, inner, opening);
            const unheard = notEnforcedWarning(options);
            if (unheard !== undefined)
                warnings.push(unheard);
            const { label, detail } = builders;
            const ready = { kind: 'ready', remote: label, detail, warnings, exports };
            return new BuildersService(ready, builders, opening.move(), records);
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = builders_service_disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    async stop() {
        const { bytesSent, bytesReceived } = this.#builders;
        await this.#opened.disposeAsync();
        return this.#records.report({
            mode: 'builders',
            remote: this.ready.remote,
            bytesSent,
            bytesReceived,
            reconnects: this.#builders.reconnects,
            rawOperations: new Map(),
        });
    }
}

;// CONCATENATED MODULE: ./build/connection-detail.js
/** What is told of a connection, for people: the remote's Nix, and how far away it is. */
function connectionDetail({ nixVersion }, roundTripMs) {
    const nix = nixVersion === undefined ? 'Nix' : `Nix ${nixVersion}`;
    return `${nix}, ${roundTripMs.toFixed(0)} ms round trip`;
}

;// CONCATENATED MODULE: ./build/local-import.js



/**
 * Whether what the remote builds can be imported here, asked before it builds anything.
 * @throws ActionError `signature-required`
 */
async function localImportCheck({ store, access }, remote, { env, signal, user }, reason = 'copy-outputs') {
    const { trust } = await store.greeting;
    // Who writes the store himself needs nobody's trust; a `nix-daemon --stdio` of 2.8 says nothing of it.
    if (trust === 'trusted' || access.kind === 'direct')
        return 'no-signature-check';
    const [localSettings, remoteSettings] = await Promise.all([
        readDaemonSettings({ nix: 'nix', env, signal, workingDirectory: external_node_os_namespaceObject.tmpdir() }),
        remote.settings(),
    ]);
    return importPermission({
        localTrust: trust,
        localSettings,
        localUser: user,
        remoteSettings,
        remoteLabel: remote.label,
        reason,
    });
}

;// CONCATENATED MODULE: ./domain/derivation.js


/**
 * Parses the ATerm text of a `.drv` file (Nix's `parseDerivation`).
 * @param name what the text is, for errors: usually its path
 * @throws ActionError `unsupported-derivation` for a dynamic derivation, or for what is not a derivation
 */
function parseDerivation(text, name) {
    if (text.startsWith('DrvWithVersion(')) {
        throw new domain_errors/* ActionError */.lZ('unsupported-derivation', `${name} is a dynamic derivation`, {
            hint: 'Its inputs are outputs of derivations that are only made while building (experimental feature dynamic-derivations). Build it with nix itself.',
        });
    }
    try {
        return new DerivationParser(text).parse();
    }
    catch (error) {
        throw new domain_errors/* ActionError */.lZ('unsupported-derivation', `${name} is not a derivation that Nix would write`, {
            cause: error,
        });
    }
}
const ESCAPES = { n: '\n', r: '\r', t: '\t' };
/** A recursive descent over `Derive([…],[…],[…],"…","…",[…],[…])`. */
class DerivationParser {
    #text;
    #position = 0;
    constructor(text) {
        this.#text = text;
    }
    parse() {
        this.#expect('Derive(');
        const outputs = new Map(this.#list(() => this.#output()));
        this.#expect(',');
        const inputDrvs = new Map(this.#list(() => this.#inputDrv()));
        this.#expect(',');
        const inputSrcs = this.#strings().map(parseStorePath);
        this.#expect(',');
        const system = this.#string();
        this.#expect(',');
        const builder = this.#string();
        this.#expect(',');
        const args = this.#strings();
        this.#expect(',');
        const env = new Map(this.#list(() => this.#variable()));
        this.#expect(')');
        if (this.#position !== this.#text.length)
            throw this.#unexpected('the end');
        return { outputs, inputDrvs, inputSrcs, system, builder, args, env };
    }
    /** `(name, path, hash algorithm, hash)`; a path that is not known yet is empty. */
    #output() {
        this.#expect('(');
        const name = this.#string();
        this.#expect(',');
        const path = this.#string();
        this.#expect(',');
        this.#string();
        this.#expect(',');
        this.#string();
        this.#expect(')');
        return [name, isStorePath(path) ? path : undefined];
    }
    #inputDrv() {
        this.#expect('(');
        const path = store_path_parseDrvPath(this.#string());
        this.#expect(',');
        const outputs = this.#strings();
        this.#expect(')');
        return [path, outputs];
    }
    #variable() {
        this.#expect('(');
        const name = this.#string();
        this.#expect(',');
        const value = this.#string();
        this.#expect(')');
        return [name, value];
    }
    #strings() {
        return this.#list(() => this.#string());
    }
    #list(item) {
        this.#expect('[');
        const items = [];
        if (this.#takeIf(']'))
            return items;
        do
            items.push(item());
        while (this.#takeIf(','));
        this.#expect(']');
        return items;
    }
    #string() {
        this.#expect('"');
        let text = '';
        for (let start = this.#position;; this.#position++) {
            const character = this.#text[this.#position];
            if (character === undefined)
                throw this.#unexpected('the end of a string');
            if (character !== '"' && character !== '\\')
                continue;
            text += this.#text.slice(start, this.#position);
            this.#position += 1;
            if (character === '"')
                return text;
            const escaped = this.#text[this.#position] ?? '';
            text += ESCAPES[escaped] ?? escaped;
            start = this.#position + 1;
        }
    }
    #takeIf(text) {
        if (!this.#text.startsWith(text, this.#position))
            return false;
        this.#position += text.length;
        return true;
    }
    #expect(text) {
        if (!this.#takeIf(text))
            throw this.#unexpected(JSON.stringify(text));
    }
    #unexpected(expected) {
        return new Error(`at character ${this.#position}: ${expected} expected`);
    }
}
/** The system features that a builder must have: of the environment, or of structured attributes. */
function requiredSystemFeatures({ env }) {
    const structured = env.get('__json');
    if (structured === undefined) {
        return (env.get('requiredSystemFeatures') ?? '').split(/\s+/).filter((word) => word !== '');
    }
    const attributes = JSON.parse(structured);
    const isObject = typeof attributes === 'object' && attributes !== null;
    const features = isObject && 'requiredSystemFeatures' in attributes ? attributes.requiredSystemFeatures : [];
    return Array.isArray(features) ? features.filter((each) => typeof each === 'string') : [];
}

;// CONCATENATED MODULE: ./store/derivation-closure.js

/** How many `.drv` files are read at a time. */
const BATCH = 64;
/**
 * The derivations that these need, themselves included, parsed.
 * @param readText gives the text of a `.drv` file
 * @throws ActionError `unsupported-derivation` where one is dynamic, and what `readText` throws
 */
async function derivationClosure(roots, readText) {
    const closure = new Map();
    const seen = new Set(roots);
    const queue = [...seen];
    while (queue.length > 0) {
        const batch = queue.splice(0, BATCH);
        const texts = await Promise.all(batch.map(readText));
        for (const [index, path] of batch.entries()) {
            const derivation = parseDerivation(texts[index] ?? '', path);
            closure.set(path, derivation);
            for (const input of derivation.inputDrvs.keys()) {
                if (seen.has(input))
                    continue;
                seen.add(input);
                queue.push(input);
            }
        }
    }
    return closure;
}
/** Of a closure, what these roots need, themselves included. */
function closureOfSome(roots, closure) {
    const some = new Map();
    const reached = new Set(roots);
    for (const path of reached) {
        const derivation = closure.get(path);
        if (!derivation)
            continue;
        some.set(path, derivation);
        for (const input of derivation.inputDrvs.keys())
            reached.add(input);
    }
    return some;
}
/**
 * Every path that the outputs of these derivations can refer to: a build sees nothing but outputs and sources of its
 * derivation's closure. A superset of any output's closure, known without asking anybody.
 */
function candidatePaths(closure) {
    const paths = new Set();
    for (const { outputs, inputSrcs } of closure.values()) {
        for (const path of outputs.values())
            if (path !== undefined)
                paths.add(path);
        for (const path of inputSrcs)
            paths.add(path);
    }
    return paths;
}
/** As {@link candidatePaths}. Outputs that are named only when built, and builds that build, can refer to what nobody knows yet. */
function candidatesOf(closure) {
    const areAll = [...closure.values()].every((derivation) => [...derivation.outputs.values()].every((path) => path !== undefined) &&
        !requiredSystemFeatures(derivation).includes('recursive-nix'));
    return { paths: candidatePaths(closure), areAll };
}

;// CONCATENATED MODULE: ./build/client-options.js

/** Nix's defaults of what decides whether a client asked for something, where the runner's own settings are not known. */
const DEFAULTS = new Map([
    ['keep-going', 'false'],
    ['keep-failed', 'false'],
    ['fallback', 'false'],
    ['substitute', 'true'],
    ['max-silent-time', '0'],
    ['timeout', '0'],
    ['cores', '0'],
]);
/**
 * Finds out what a client asks for. SetOptions always carries every value, asked for or not; what is as the runner's own settings have
 * it was not asked for, and stays as the builder has it: a runner of two cores must not hold back a builder of sixty-four.
 * `--max-jobs 0` is how Nix is told to build nothing on the runner itself, which is so already.
 *
 * @param client what the client last sent
 * @param runner the runner's own settings; undefined if they could not be read
 * @param step what the step was given as inputs: in force where the client asks for nothing else
 */
function clientRequest(client, runner, step) {
    if (!client)
        return { options: step, logging: DEFAULT_LOGGING };
    const usual = new Map([...DEFAULTS, ...(runner ?? [])]);
    const asked = (name, value) => usual.has(name) && usual.get(name) !== String(value) ? value : undefined;
    const jobs = client.maxBuildJobs === 0 ? undefined : asked('max-jobs', client.maxBuildJobs);
    const timeout = asked('timeout', client.overrides.get('timeout') ?? usual.get('timeout') ?? '');
    const settings = [
        ['keep-failed', asked('keep-failed', client.keepFailed)],
        ['fallback', asked('fallback', client.tryFallback)],
        ['substitute', asked('substitute', client.useSubstitutes)],
        ...PASSED_ON.map((name) => [name, differing(client.overrides, usual, name)]),
    ];
    return {
        options: {
            keepGoing: asked('keep-going', client.keepGoing) ?? step.keepGoing,
            maxJobs: jobs ?? step.maxJobs,
            cores: asked('cores', client.buildCores) ?? step.cores,
            timeout: timeout === undefined ? step.timeout : Number(timeout),
            maxSilentTime: asked('max-silent-time', client.maxSilentTime) ?? step.maxSilentTime,
            settings: new Map([
                ...step.settings,
                ...settings.flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)]]),
            ]),
        },
        logging: { verbosity: client.verbosity, verboseBuild: client.verboseBuild },
    };
}
/** Of what a client overrides by name, what makes sense on another machine and is heeded there from anybody. */
const PASSED_ON = ['build-poll-interval', 'connect-timeout'];
function differing(overrides, usual, name) {
    const value = overrides.get(name);
    return value === usual.get(name) ? undefined : value;
}

;// CONCATENATED MODULE: ./domain/abilities.js

/** Whether a machine builds a derivation itself (Nix's `canBuildLocally`). */
function isAble(derivation, { systems, features }) {
    const { system } = derivation;
    return ((systems === undefined || system === 'builtin' || systems.has(system)) &&
        (features === undefined ||
            requiredSystemFeatures(derivation).every((each) => features.has(each))));
}

;// CONCATENATED MODULE: ./build/offload-plan.js


/**
 * Splits a request: what the remote is able to build goes there, whole, with all that it needs; the rest stays here.
 * @param missing all derivations that have to be built, as QueryMissing says it; what is not among them is there or can be substituted
 */
function planOffload(paths, missing, closure, abilities) {
    const remote = [];
    const local = [];
    const unable = new Set([...closure]
        .filter(([path, derivation]) => missing.has(path) && !isAble(derivation, abilities))
        .map(([path]) => path));
    for (const path of paths) {
        const isBuilt = path.kind === 'built' && missing.has(path.drvPath);
        if (isBuilt && !reaches(path.drvPath, unable, closure))
            remote.push(path);
        else
            local.push(path);
    }
    return { remote, local };
}
function reaches(root, targets, closure) {
    if (targets.size === 0)
        return false;
    const needed = closureOfSome([root], closure);
    return [...targets].some((path) => needed.has(path));
}

;// CONCATENATED MODULE: ./domain/activity.js
/** Activity types of `start` events that this project reads (logging.hh). */
const ACTIVITY = {
    copyPath: 100,
    fileTransfer: 101,
    realise: 102,
    copyPaths: 103,
    builds: 104,
    /** fields: drvPath, machine ("" = the daemon's own), 1, 1 */
    build: 105,
    /** fields: store path, substituter */
    substitute: 108,
    buildWaiting: 111,
};
/** Result types of `result` events that this project reads. */
const RESULT = {
    buildLogLine: 101,
    setPhase: 104,
    progress: 105,
    postBuildLogLine: 107,
};

;// CONCATENATED MODULE: ./build/named-failures.js

/** How Nix up to 2.29 and since 2.30 begins to say that a build failed. */
const FAILED = /(?:builder for|Cannot build) '([^']+\.drv)'/g;
/** The derivations that a text of Nix says have failed. */
function failuresNamedIn(text) {
    return [...(0,domain_text/* withoutColour */.Zb)(text).matchAll(FAILED)].map(([, drvPath = '']) => drvPath);
}
/** Which derivations failed, by what a daemon says of them: results tell only of those that were asked for. */
class NamedFailures {
    #named = new Set();
    hear(event) {
        if (event.kind === 'message')
            this.#note(event.text);
    }
    /** Those that were named so far, and in an answer. */
    in(answer) {
        if (answer.kind === 'error')
            this.#note(answer.message);
        if (answer.kind === 'results') {
            for (const { errorMessage } of answer.results)
                this.#note(errorMessage);
        }
        return this.#named;
    }
    #note(text) {
        for (const drvPath of failuresNamedIn(text))
            this.#named.add(drvPath);
    }
}

;// CONCATENATED MODULE: ./build/build-verdicts.js


const NONE = { done: 0, failed: 0, running: 0, expected: 0 };
/**
 * How builds ended, before their results are there. The end of a build's activity does not say, but a daemon counts builds that are done
 * and that failed just before it tells of that end, and names a failure that others wait for. Where neither is clear, the verdict is left
 * to the results.
 */
class BuildVerdicts {
    #named = new Set();
    #counter;
    #counts = NONE;
    #all = 0;
    /** Counted, and no build's end heard of since. */
    #done = 0;
    #failed = 0;
    /** Ends that could have been either. */
    #unclear = 0;
    hear(event) {
        if (event.kind === 'message') {
            for (const drvPath of failuresNamedIn(event.text))
                this.#named.add(drvPath);
        }
        else if (event.kind === 'start' && event.type === ACTIVITY.builds) {
            this.#counter = event.id;
            this.#counts = NONE;
        }
        else if (event.kind === 'result' &&
            event.id === this.#counter &&
            event.type === RESULT.progress) {
            this.#count(event.fields);
        }
    }
    get progress() {
        const { done, failed } = this.#counts;
        const ended = done + failed;
        return ended === 0 ? undefined : { ended, all: Math.max(this.#all, ended) };
    }
    /** To be asked once for each build, when it has stopped. */
    of(drvPath) {
        if (this.#named.has(drvPath)) {
            this.#failed = Math.max(0, this.#failed - 1);
            return 'failed';
        }
        if (this.#done > 0 && this.#failed === 0) {
            this.#done -= 1;
            return 'built';
        }
        if (this.#failed > 0 && this.#done === 0) {
            this.#failed -= 1;
            return 'failed';
        }
        this.#unclear += 1;
        if (this.#unclear >= this.#done + this.#failed) {
            this.#done = 0;
            this.#failed = 0;
            this.#unclear = 0;
        }
        return 'unknown';
    }
    #count(fields) {
        const [done = 0, expected = 0, running = 0, failed = 0] = fields.map(Number);
        const last = this.#counts;
        this.#counts = { done, failed, running, expected };
        if (running >= last.running) {
            // What no machine takes fails here, too, but was never begun. When a build has just ended, Nix 2.34 expects it once more.
            this.#all = expected + failed;
            return;
        }
        if (done > last.done)
            this.#done += 1;
        if (failed > last.failed)
            this.#failed += 1;
    }
}

;// CONCATENATED MODULE: ./build/activity-tracker.js




/** What Nix says of a build that another client's build holds up (derivation-building-goal.cc). */
const LOCKED = /^waiting for (?:a )?locks? /i;
/** Characters of a machine's name: Nix's has the store URI's parameters, a host key among them. */
const MAX_MACHINE = 4000;
/**
 * Turns what a daemon tells of its activities into builds that start, speak and stop.
 * An activity's end does not say how the build ended: that is known from the build's result alone.
 */
class ActivityTracker {
    /** Told when a build has begun. */
    onStarted;
    /** Told when a build has stopped, well or not. */
    onStopped;
    #observe;
    #clock;
    #drvOf = new Map();
    #running = new Map();
    #starts = new Map();
    #seconds = new Map();
    #spans = new Map();
    #machines = new Map();
    #verdicts = new BuildVerdicts();
    #substitutions = new Map();
    #lastTransition;
    constructor(observe, clock) {
        this.#observe = observe;
        this.#clock = clock;
        this.#lastTransition = clock();
    }
    /** Feeds one event. Unknown activities and results are passed over. */
    hear = (event) => {
        this.#verdicts.hear(event);
        switch (event.kind) {
            case 'start': {
                const substitution = substitutionOf(event.type, event.fields);
                if (substitution)
                    this.#substitutions.set(event.id, substitution);
                const drvPath = builtDerivation(event.type, event.fields[0]);
                if (drvPath !== undefined)
                    this.#started(event.id, drvPath, event.fields[1]);
                // Another session builds the same: without a word of it this looks as if nothing happened.
                if (event.type === ACTIVITY.buildWaiting && LOCKED.test(event.text)) {
                    this.#observe({ kind: 'daemon-message', text: event.text });
                }
                return;
            }
            case 'result': {
                this.#result(event.id, event.type, event.fields[0]);
                return;
            }
            case 'stop': {
                this.#stopped(event.id);
                return;
            }
            case 'message': {
                this.#observe({ kind: 'daemon-message', text: event.text });
            }
        }
    };
    /** Seconds that each finished build took, by the arrival of its events. */
    secondsOf(drvPath) {
        return this.#seconds.get(drvPath);
    }
    /** When a build began, or has begun, on our clock. */
    startOf(drvPath) {
        return this.#starts.get(drvPath);
    }
    /** The daemon's name of the machine that builds, or has built, on one line; empty for its own. */
    machineOf(drvPath) {
        return this.#machines.get(drvPath);
    }
    /** Every build that has stopped, and the seconds it took. */
    get finished() {
        return this.#seconds;
    }
    /** When those ran. */
    get spans() {
        return this.#spans;
    }
    /** Seconds since a build was asked for, started or stopped. */
    quietSeconds() {
        return this.#clock() - this.#lastTransition;
    }
    /** To be called when a build is asked for: a daemon that just got a request is about to start something. */
    requested() {
        this.#lastTransition = this.#clock();
    }
    #started(id, drvPath, machine) {
        // A builder tells of the same build once more, without a name.
        if (typeof machine === 'string' && this.#machines.get(drvPath) === undefined) {
            this.#machines.set(drvPath, (0,domain_text/* printable */.g$)(machine, MAX_MACHINE));
        }
        this.#lastTransition = this.#clock();
        this.#drvOf.set(id, drvPath);
        const running = this.#running.get(drvPath);
        if (running) {
            running.activities.add(id);
            running.own = { from: this.#clock() };
            return;
        }
        const startedAt = this.#clock();
        this.#starts.set(drvPath, startedAt);
        this.#running.set(drvPath, { startedAt, activities: new Set([id]), own: undefined });
        this.#observe({ kind: 'build-started', drvPath, machine: this.#machines.get(drvPath) });
        this.onStarted?.(drvPath);
    }
    #result(id, type, field) {
        const drvPath = this.#drvOf.get(id);
        if (drvPath === undefined || typeof field !== 'string')
            return;
        if (type === RESULT.buildLogLine || type === RESULT.postBuildLogLine) {
            this.#observe({ kind: 'build-log', drvPath, line: field });
        }
        else if (type === RESULT.setPhase) {
            this.#observe({ kind: 'build-phase', drvPath, phase: field });
        }
    }
    #stopped(id) {
        const substitution = this.#substitutions.get(id);
        if (substitution) {
            this.#substitutions.delete(id);
            this.#observe({ kind: 'substituted', ...substitution });
        }
        const drvPath = this.#drvOf.get(id);
        if (drvPath === undefined)
            return;
        this.#lastTransition = this.#clock();
        this.#drvOf.delete(id);
        const running = this.#running.get(drvPath);
        running?.activities.delete(id);
        if (!running)
            return;
        const now = this.#clock();
        if (running.own)
            running.own = { to: now, ...running.own };
        if (running.activities.size > 0)
            return;
        this.#running.delete(drvPath);
        const { startedAt: from, own } = running;
        this.#spans.set(drvPath, { from, to: now, own: own && { to: now, ...own } });
        const seconds = now - from;
        this.#seconds.set(drvPath, seconds);
        const verdict = this.#verdicts.of(drvPath);
        const { progress } = this.#verdicts;
        this.#observe({ kind: 'build-stopped', drvPath, seconds, verdict, progress });
        this.onStopped?.(drvPath);
    }
}
function substitutionOf(type, [path, from]) {
    if (type !== ACTIVITY.substitute || typeof path !== 'string')
        return undefined;
    return { path, from: typeof from === 'string' ? from : '' };
}
function builtDerivation(type, field) {
    if (type !== ACTIVITY.build || typeof field !== 'string' || !isStorePath(field))
        return undefined;
    const path = field;
    return isDrvPath(path) ? path : undefined;
}

;// CONCATENATED MODULE: ./build/cancel.js

/** Seconds without a build starting or stopping after which closing a session surely ends its builds. */
const QUIET = 0.25;
/** Seconds that are waited for such a pause: GitHub kills a cancelled step 10 s after asking. */
const cancel_PATIENCE = 3;
/**
 * Ends a session so that its builds end on the remote.
 *
 * A daemon that loses its client while it is starting a builder can miss that: on 2.34.8 in 15 of 128 tries within 56 ms of the
 * request the builder ran on, 20 ms after its first line in none of 160. So a moment is awaited in which nothing has just started.
 */
async function endBuilds(store, tracker, reason) {
    const deadline = performance.now() + cancel_PATIENCE * 1000;
    while (tracker.quietSeconds() < QUIET && performance.now() < deadline)
        await (0,promises_namespaceObject.setTimeout)(10);
    store.close(reason);
}

;// CONCATENATED MODULE: ./build/requested-results.js


/**
 * Results of whatever stores, as the client's own daemon would give them: Nix's commands take their number and order as that of their
 * own version has them, and number their links by it.
 *
 * Since Nix 2.16 there is one for each path that was asked for, in that order; before, one for each derivation, in the order of their
 * names (`Store::buildPathsWithResults`, whose goals are a set ordered by `Goal::key()`). What was never started has none.
 *
 * @param nixVersion of the client's own daemon
 */
function requestedResults(results, paths, nixVersion) {
    if (isByRequest(nixVersion))
        return paths.flatMap((path) => resultOf(path, results) ?? []);
    const keys = new Set(paths.map(goalKey));
    return [...keys].sort(byCodePoints).flatMap((key) => {
        return together(results.filter(({ path }) => goalKey(path) === key)) ?? [];
    });
}
/** What is told of a derivation, all outputs of it that were asked for; undefined if nothing is. */
function resultOfDerivation(results, drvPath) {
    return together(results.filter(({ path }) => path.kind === 'built' && path.drvPath === drvPath));
}
function isByRequest(nixVersion) {
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(nixVersion ?? '') ?? [];
    return major === undefined || Number(major) > 2 || Number(minor) >= 16;
}
function resultOf(path, results) {
    const text = derivedPathText(path);
    const result = results.find((each) => derivedPathText(each.path) === text) ??
        results.find((each) => goalKey(each.path) === goalKey(path));
    return result && { ...result, path, ...outputsOf(result, path) };
}
/** An older Nix tells of all outputs of a derivation together. */
function outputsOf({ outputs, realisations }, path) {
    if (path.kind === 'opaque' || path.outputs === 'all')
        return { outputs, realisations };
    const names = new Set(path.outputs);
    // A realisation's id is `sha256:…!out`.
    const nameIn = (id) => id.slice(id.lastIndexOf('!') + 1);
    return {
        outputs: new Map([...outputs].filter(([name]) => names.has(name))),
        realisations: new Map([...realisations].filter(([id]) => names.has(nameIn(id)))),
    };
}
/** One result of several for the same derivation. */
function together([first, ...others]) {
    if (!first || others.length === 0)
        return first;
    return {
        ...first,
        outputs: new Map([first, ...others].flatMap(({ outputs }) => [...outputs])),
        realisations: new Map([first, ...others].flatMap(({ realisations }) => [...realisations])),
    };
}
/** `PathSubstitutionGoal::key()` and `DerivationGoal::key()` of Nix 2.8. */
function goalKey(path) {
    return path.kind === 'opaque'
        ? `a$${storePathName(path.path)}$${path.path}`
        : `b$${storePathName(path.drvPath)}$${path.drvPath}`;
}
function byCodePoints(a, b) {
    return a < b ? -1 : 1;
}

;// CONCATENATED MODULE: ./build/offload-answers.js




/**
 * Asks a store by the operation that the client used, so that what it says of a failure is what the client is told.
 * @throws ActionError if the store could not be asked
 */
async function requestBuild(store, operation, paths, mode, hear) {
    try {
        if (operation === 'BuildPathsWithResults') {
            return { kind: 'results', results: await store.build(paths, mode, hear) };
        }
        await store.buildPaths(paths, mode, hear);
        return { kind: 'built' };
    }
    catch (error) {
        const word = error instanceof domain_errors/* ActionError */.lZ ? error.cause : undefined;
        if (!(word instanceof NixError))
            throw error;
        return { kind: 'error', message: word.message, traces: word.traces };
    }
}
/** Whether all that was asked for is there. */
function isGoodAnswer(answer) {
    if (answer.kind !== 'results')
        return answer.kind === 'built';
    return answer.results.every(({ status, errorMessage }) => isGood(outcomeStatus(status, errorMessage)));
}
/** What an answer says of a derivation; undefined if it says nothing of it alone. */
function statusIn(answer, drvPath) {
    if (answer.kind === 'built')
        return 'built';
    if (answer.kind !== 'results')
        return undefined;
    const result = resultOfDerivation(answer.results, drvPath);
    return result ? outcomeStatus(result.status, result.errorMessage) : 'cancelled';
}
/** One answer to a request that two stores have answered in part, by the same operation. */
function mergedAnswer(one, other) {
    if (one.kind !== 'results' || other.kind !== 'results')
        return other;
    return { kind: 'results', results: [...one.results, ...other.results] };
}

;// CONCATENATED MODULE: external "node:stream/promises"
const external_node_stream_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");
;// CONCATENATED MODULE: ./build/derivation-logs.js





/** One log file a derivation, in a folder that later steps may upload. A log that cannot be written never fails a build. */
class DerivationLogs {
    #directory;
    #files = new Map();
    #streams = new Map();
    #unfinished = new Set();
    constructor(directory) {
        this.#directory = directory;
    }
    static async create(directory) {
        await (0,external_node_fs_promises_namespaceObject.mkdir)(directory, { recursive: true });
        return new DerivationLogs(directory);
    }
    /** For those who want a file of a build that prints nothing, too. */
    started(drvPath) {
        this.#streamOf(drvPath);
    }
    write(drvPath, line) {
        this.#streamOf(drvPath).write(`${line}\n`);
    }
    /** To be told when a build has stopped: thousands of open files are more than a process may have. */
    stopped(drvPath) {
        this.#streams.get(drvPath)?.end();
        this.#streams.delete(drvPath);
    }
    /** Every file that was written, by derivation. */
    get files() {
        return this.#files;
    }
    /** Waits until all is on disk. */
    async close() {
        for (const stream of this.#streams.values())
            stream.end();
        await Promise.allSettled([...this.#unfinished]);
    }
    #streamOf(drvPath) {
        const known = this.#streams.get(drvPath);
        if (known)
            return known;
        const file = external_node_path_.join(this.#directory, `${storePathBase(drvPath)}.log`);
        this.#files.set(drvPath, file);
        // Appending, for a derivation may be built twice: a remote tries a transient failure again.
        const stream = (0,external_node_fs_namespaceObject.createWriteStream)(file, { flags: 'a' });
        const done = (0,external_node_stream_promises_namespaceObject.finished)(stream)
            .catch(() => undefined)
            .finally(() => this.#unfinished.delete(done));
        this.#unfinished.add(done);
        this.#streams.set(drvPath, stream);
        return stream;
    }
}

;// CONCATENATED MODULE: ./build/offloaded-logs.js



/** What the builds of one request print, kept until the local store has it: that is where `nix log` looks. */
class OffloadedLogs {
    #folder;
    #logs;
    constructor(folder, logs) {
        this.#folder = folder;
        this.#logs = logs;
    }
    /** @param temporaryDirectory an existing folder */
    static async create(temporaryDirectory) {
        const folder = await (0,external_node_fs_promises_namespaceObject.mkdtemp)(external_node_path_.join(temporaryDirectory, 'logs-'));
        return new OffloadedLogs(folder, await DerivationLogs.create(folder));
    }
    observe = (event) => {
        if (event.kind === 'build-started')
            this.#logs.started(event.drvPath);
        if (event.kind === 'build-log')
            this.#logs.write(event.drvPath, event.line);
        if (event.kind === 'build-stopped')
            this.#logs.stopped(event.drvPath);
    };
    /** Hands all of them to a store that trusts us. A log that is not taken fails nothing. */
    async register(store) {
        await this.#logs.close();
        for (const [drvPath, file] of this.#logs.files) {
            // A file that could not be written must not break the client's session in the middle of a request.
            const handle = await (0,external_node_fs_promises_namespaceObject.open)(file).catch(() => undefined);
            if (!handle)
                continue;
            await store.addBuildLog(drvPath, handle.createReadStream()).catch(() => undefined);
            await handle.close().catch(() => undefined);
        }
    }
    async remove() {
        await this.#logs.close();
        await (0,external_node_fs_promises_namespaceObject.rm)(this.#folder, { recursive: true, force: true });
    }
}

;// CONCATENATED MODULE: ./store/closure.js

/**
 * What of the roots' closure is missing at the destination, for a destination that is near: it is asked first at every step, so
 * that the source, which is far, is only asked for what is missing. One exchange with the source if all is among the candidates,
 * else one more for each level of references outside them.
 */
async function missingAtNear(request) {
    const { from, to, roots } = request;
    const known = new Map(request.known);
    const valid = new Set(await to.queryValidPaths(roots, request.substitution));
    if (roots.every((path) => valid.has(path)))
        return new Map();
    let unknown = new Set([...roots, ...(await firstGuess(request))]);
    while (unknown.size > 0) {
        const asked = [...unknown];
        for (const path of await to.queryValidPaths(asked, request.substitution))
            valid.add(path);
        const missing = asked.filter((path) => !valid.has(path));
        refuseStrangers(missing, known, request);
        const strange = missing.filter((path) => !known.has(path));
        for (const [path, info] of await from.queryPathInfos(strange))
            known.set(path, info);
        const closure = reachable(roots, known, valid);
        unknown = new Set(closure.unknown);
        const absent = asked.find((path) => unknown.has(path));
        if (absent)
            throw notValid(absent, from, roots);
    }
    return reachable(roots, known, valid).infos;
}
/**
 * The same for a source that is near: its closure is walked there, and the destination asked once.
 */
async function missingAtFar(request) {
    const { from, to, roots } = request;
    const known = new Map();
    const none = new Set();
    let unknown = new Set([...roots, ...(await firstGuess(request))]);
    while (unknown.size > 0) {
        const asked = [...unknown];
        for (const [path, info] of await from.queryPathInfos(asked))
            known.set(path, info);
        unknown = new Set(reachable(roots, known, none).unknown);
        const absent = asked.find((path) => unknown.has(path));
        if (absent)
            throw notValid(absent, from, roots);
    }
    const { infos } = reachable(roots, known, none);
    const valid = await to.queryValidPaths([...infos.keys()], request.substitution);
    return reachable(roots, known, valid).infos;
}
async function firstGuess({ roots, candidates, queryClosure, }) {
    if (candidates)
        return candidates;
    return queryClosure ? await queryClosure(roots).catch(() => []) : [];
}
/** Of the closure of these roots, those paths whose infos are given; what is beyond a path that is not among them stays out. */
function closureWithin(roots, infos) {
    return reachable(roots, infos, new Set()).infos;
}
/** Walks from the roots: candidates that nothing refers to, and whatever a store says beside the question, stay out. */
function reachable(roots, known, valid) {
    const infos = new Map();
    const unknown = [];
    const seen = new Set(roots);
    const queue = [...seen];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
        if (valid.has(path))
            continue;
        const info = known.get(path);
        if (!info) {
            unknown.push(path);
            continue;
        }
        infos.set(path, info);
        for (const reference of info.references) {
            if (seen.has(reference))
                continue;
            seen.add(reference);
            queue.push(reference);
        }
    }
    return { infos, unknown };
}
/** What is valid at the destination may be referred to; it is not copied. */
function refuseStrangers(missing, known, { from, roots, only }) {
    const stranger = missing.find((path) => only?.has(path) === false && !roots.includes(path));
    if (stranger === undefined)
        return;
    const referrer = [...known.values()].find(({ references }) => [...references].includes(stranger));
    throw new domain_errors/* ActionError */.lZ('path-invalid', `${from.label} says that ${referrer?.path ?? ''} refers to ${stranger}, which nothing that it was built from has`, { hint: 'Do not trust what that machine built, before it is known why it says so.' });
}
function notValid(path, store, roots) {
    const why = roots.includes(path) ? '' : ', although a valid path refers to it';
    return new domain_errors/* ActionError */.lZ('path-invalid', `${path} is not valid in ${store.label}${why}`);
}

;// CONCATENATED MODULE: ./store/frontier.js
/**
 * Where the missing part of a closure ends: the paths at the destination that the roots are, or that missing paths refer to. As long as
 * they are kept, so is all below them.
 */
function frontier(roots, missing) {
    const references = [...missing.values()].flatMap((info) => info.references);
    return [...new Set([...roots, ...references])].filter((path) => !missing.has(path));
}

;// CONCATENATED MODULE: ./store/nar-channels.js
/**
 * NARs in the order given, read over several sessions with the same store: while one is handed on, the others
 * read ahead. Each path goes to the session with the fewest bytes to carry so far.
 */
function narsOverChannels(stores, infos) {
    const [only, ...others] = stores;
    return only && others.length === 0 ? only.nars(infos) : merged(stores, infos);
}
async function* merged(stores, infos) {
    const channels = stores.map((store) => ({ store, infos: [], bytes: 0 }));
    const owners = infos.map((info) => nar_channels_assign(channels, info));
    const iterators = new Map(channels.map((channel) => [channel, channel.store.nars(channel.infos)[Symbol.asyncIterator]()]));
    // every session is asked for its first NARs before any is waited for
    const next = new Map([...iterators].map(([channel, iterator]) => [channel, iterator.next()]));
    try {
        for (const owner of owners) {
            const result = await next.get(owner);
            if (result === undefined || result.done === true)
                return;
            yield result.value;
            const iterator = iterators.get(owner);
            if (iterator)
                next.set(owner, iterator.next());
        }
    }
    finally {
        for (const iterator of iterators.values())
            await iterator.return?.();
    }
}
function nar_channels_assign(channels, info) {
    const lightest = channels.reduce((best, channel) => channel.bytes < best.bytes ? channel : best);
    lightest.infos.push(info);
    lightest.bytes += info.narSize;
    return lightest;
}

;// CONCATENATED MODULE: ./store/topological-order.js

/**
 * Sorts paths so that each comes after those it refers to, as a store needs them to be added.
 * References to other paths, or to itself, do not matter. Without recursion: closures can be thousands deep.
 * @throws ActionError `protocol-violation` if paths refer to each other in a circle, which no honest store says
 */
function topologicalOrder(infos) {
    const order = [];
    const done = new Set();
    for (const info of infos.values()) {
        if (!done.has(info.path))
            visit(info, infos, done, order);
    }
    return order;
}
function visit(root, infos, done, order) {
    const steps = [{ info: root, references: root.references.values() }];
    const open = new Set([root.path]);
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
        const next = step.references.next();
        if (next.done === true) {
            steps.pop();
            open.delete(step.info.path);
            done.add(step.info.path);
            order.push(step.info);
            continue;
        }
        const info = infos.get(next.value);
        if (!info || info === step.info || done.has(info.path))
            continue;
        if (open.has(info.path))
            throw circle(info.path);
        open.add(info.path);
        steps.push({ info, references: info.references.values() });
    }
}
function circle(path) {
    return new domain_errors/* ActionError */.lZ('protocol-violation', `${path} refers to itself by way of other paths`);
}

;// CONCATENATED MODULE: ./store/copy-closure.js






/**
 * Makes `roots` and all they refer to valid at the destination, sending only what is missing there and selected. Memory is bounded whatever
 * the size of a NAR. Nothing but the closure of the roots is imported, whatever the source says.
 *
 * The session with the destination is closed when the copy fails in mid-stream or is aborted: that is what keeps the path in
 * flight from being registered. Those before it stay.
 *
 * @throws ActionError `path-invalid` if a root is not valid at the source; `nar-hash-mismatch`, `nar-invalid`, `signature-required`,
 *   `disk-full` (which name path or store), `cancelled`, or whatever ends a session.
 */
async function copyClosure(request) {
    const { signal, to, select, restate = asItIs } = request;
    const interruption = new Interruption();
    const stop = () => {
        to.close(copy_closure_cancelled(request));
        interruption.raise(copy_closure_cancelled(request)); // the source may be what hangs, and others use its session
    };
    if (signal?.aborted === true)
        throw copy_closure_cancelled(request);
    signal?.addEventListener('abort', stop, { once: true });
    try {
        const finding = request.near === 'source' ? missingAtFar : missingAtNear;
        const copied = new Map();
        for (let before = Infinity;;) {
            const missing = await interruption.wait(finding(asCopied(request)));
            keepPresent(request, missing);
            const selected = select ? await select(missing) : missing;
            const paths = topologicalOrder(selected).map(restate);
            for (const info of paths)
                copied.set(info.path, info);
            try {
                await transfer(request, paths);
                return { paths: [...copied.values()], bytes: totalSize(copied.values()) };
            }
            catch (error) {
                if (!isMisread(error) || missing.size >= before)
                    throw error;
                before = missing.size;
            }
        }
    }
    finally {
        signal?.removeEventListener('abort', stop);
    }
}
function asItIs(info) {
    return info;
}
/** For a repair the destination is taken for one that lacks the roots. */
function asCopied(request) {
    const { repair, roots, to } = request;
    if (!repair)
        return request;
    const lacking = new Set(roots);
    const queryValidPaths = async (paths, substitution) => {
        const valid = await to.queryValidPaths(paths, substitution);
        return new Set([...valid].filter((path) => !lacking.has(path)));
    };
    return { ...request, to: { queryValidPaths } };
}
/**
 * What a copy builds upon must not be collected while it is under way: once a path has arrived, the destination keeps it for this session.
 * The answer is not waited for; what would make it an error ends the copy as well.
 */
function keepPresent({ roots, to }, missing) {
    to.addTempRoots(frontier(roots, missing)).catch(() => undefined);
}
/**
 * Whether a path became valid by somebody else's doing while it was on its way. Nix before 2.18 leaves the NAR of such a path unread in
 * the stream, and takes its first word for the next path (https://github.com/NixOS/nix/commit/31a6e10fe5). Then the rest goes again.
 */
function isMisread(error) {
    return (error instanceof domain_errors/* ActionError */.lZ &&
        error.code === 'daemon-error' &&
        error.message.includes("'nix-archive-1'"));
}
async function transfer({ from, to, channels = [], check, repair, onQueued, onProgress }, paths) {
    if (paths.length === 0) {
        onQueued?.();
        return;
    }
    const totalBytes = totalSize(paths);
    const count = { paths: 0, bytes: 0 };
    const report = () => onProgress?.({ ...count, totalPaths: paths.length, totalBytes });
    const sources = counted(narsOverChannels([from, ...channels], paths), {
        onBytes(bytes) {
            count.bytes += bytes;
            report();
        },
        onPath() {
            count.paths += 1;
            report();
        },
    });
    report();
    const adding = to.addMultipleToStore(paths.length, sources, check, repair ? 'repair' : 'keep');
    onQueued?.();
    await adding;
}
function totalSize(infos) {
    return [...infos].reduce((sum, { narSize }) => sum + narSize, 0);
}
async function* counted(sources, counter) {
    for await (const { info, nar } of sources) {
        yield { info, nar: countedBytes(nar, counter.onBytes) };
        counter.onPath();
    }
}
/** Not a generator: this stands around every chunk. */
function countedBytes(nar, onBytes) {
    return {
        [Symbol.asyncIterator]() {
            const iterator = nar[Symbol.asyncIterator]();
            return {
                async next() {
                    const result = await iterator.next();
                    if (result.done !== true)
                        onBytes(result.value.length);
                    return result;
                },
            };
        },
    };
}
function copy_closure_cancelled({ from, to, signal }) {
    return new domain_errors/* ActionError */.lZ('cancelled', `copying from ${from.label} to ${to.label} was cancelled`, {
        cause: signal?.reason === undefined ? undefined : (0,domain_errors/* toError */.iT)(signal.reason),
    });
}

;// CONCATENATED MODULE: ./build/announce.js
/** Tells how much a copy will move, when that is known: at its first progress. */
function announceOnce(kind, observe) {
    let announced = false;
    return ({ totalPaths, totalBytes }) => {
        if (announced)
            return;
        announced = true;
        observe({ kind, paths: totalPaths, bytes: totalBytes });
    };
}

;// CONCATENATED MODULE: ./build/copy-back.js




/** After these, no other copy can succeed either. */
const FATAL = new Set([
    'connection-lost',
    'disk-full',
    'cancelled',
    'signature-required',
]);
/**
 * Copies outputs into the local store while other derivations still build. What is asked for while a copy runs goes into the next
 * one together, so that the number of exchanges follows time and not the number of attributes.
 */
class CopyBack {
    #options;
    #waiting = [];
    #copied = new Set();
    #failures = new Map();
    #stores;
    #worker;
    #fatal;
    #reopenings;
    #lost;
    #givingUp = new AbortController();
    constructor(options) {
        this.#options = options;
        this.#reopenings = options.reopenings ?? 0;
    }
    /** What has arrived so far, by target. */
    get copied() {
        return this.#copied;
    }
    /** What could not come because its source was lost, and does not come back. */
    get stranded() {
        const lost = [...this.#failures].filter(([, { code }]) => PASSING.has(code));
        return new Set(lost.map(([key]) => key));
    }
    /** Starts copying soon. A target may be asked for again: what was copied is not copied twice. */
    enqueue(request) {
        this.#waiting.push(request);
        this.#worker ??= this.#work();
    }
    /** Ends all copies, for their source is not waited for any longer. */
    async giveUp(error) {
        this.#fatal ??= error;
        this.#givingUp.abort(error);
        await this.close();
    }
    /** Waits for all that was asked for. */
    async finish() {
        await this.#worker;
        return { copied: this.#copied, failures: this.#failures };
    }
    /** The session that copied paths arrived in: it holds their temporary roots. Undefined where none is open, as after a failure. */
    async destination() {
        return (await this.#stores?.catch(() => undefined))?.to;
    }
    /** Opens the sessions ahead of the first copy, which hears of it if that fails. */
    open() {
        this.#sessions().catch(() => undefined);
    }
    /** Ends both sessions, and any copy with them. */
    async close() {
        const stores = await this.#stores?.catch(() => undefined);
        if (!stores)
            return;
        stores.to.close();
        if (!stores.release || this.#worker)
            stores.from.close();
        stores.release?.();
    }
    async #work() {
        // Never ends before its caller has noted it as running, and takes all that is asked for in one go together.
        await Promise.resolve();
        while (this.#waiting.length > 0) {
            const batch = this.#waiting.splice(0).filter(({ key }) => !this.#copied.has(key));
            if (batch.length > 0)
                await this.#copyBatch(batch);
        }
        this.#worker = undefined;
    }
    async #copyBatch(batch) {
        const error = this.#fatal ?? (await this.#tryCopy(batch));
        if (!error)
            return;
        if (error.code === 'connection-lost' && !this.#fatal && this.#reopenings > 0) {
            this.#reopenings -= 1;
            this.#lost = error;
            await this.#copyBatch(batch);
            return;
        }
        if (FATAL.has(error.code))
            this.#fatal ??= error;
        if (this.#fatal || batch.length === 1) {
            for (const { key } of batch)
                this.#failures.set(key, error);
            return;
        }
        // One bad path must not cost the others their copy.
        for (const request of batch)
            await this.#copyBatch([request]);
    }
    async #tryCopy(batch) {
        const { candidates, check, repair, observe, signal } = this.#options;
        try {
            const { from, to } = await this.#sessions();
            const { paths, areAll } = await candidates(batch.map((request) => request.key));
            const { known, present } = await this.#presentAt(from, to, batch, paths);
            if (present.length === 0)
                return undefined;
            await copyClosure({
                from,
                to,
                roots: present.flatMap((request) => request.outputs),
                near: 'destination',
                candidates: paths,
                only: areAll ? paths : undefined,
                known,
                check,
                repair,
                signal,
                onProgress: announceOnce('copying', observe),
            });
            const realisations = present.flatMap((request) => request.realisations ?? []);
            await Promise.all(realisations.map((each) => to.registerDrvOutput(each)));
            for (const { key } of present) {
                this.#copied.add(key);
                this.#failures.delete(key);
            }
            return undefined;
        }
        catch (thrown) {
            await this.close();
            this.#stores = undefined;
            return (0,domain_errors/* asActionError */.z6)(thrown);
        }
    }
    /**
     * One exchange: roots the outputs at the source for as long as its session lives, tells which requests can be met, and what the source
     * says of all that is missing here.
     */
    async #presentAt(from, to, batch, candidates) {
        const outputs = batch.flatMap((request) => request.outputs);
        const asked = new Set([...outputs, ...candidates]);
        const here = await to.queryValidPaths([...asked]);
        const rooted = from.addTempRoots(outputs);
        const missing = [...asked].filter((path) => !here.has(path));
        const [known] = await Promise.all([
            from.queryPathInfos(this.#options.repair ? [...asked] : missing),
            rooted,
        ]);
        const isThere = (path) => known.has(path) || here.has(path);
        const present = batch.filter((request) => request.validity === 'valid' || request.outputs.every(isThere));
        return { present, known };
    }
    #sessions() {
        this.#stores ??= this.#options.openStores(this.#givingUp.signal).catch((error) => {
            // That it could not be made up for tells less than what was lost.
            this.#fatal ??= this.#lost ?? (0,domain_errors/* asActionError */.z6)(error);
            throw this.#fatal;
        });
        return this.#stores;
    }
}

;// CONCATENATED MODULE: ./build/offloaded-outputs.js





/** The outputs of one request on their way to the local store: each comes as soon as its build has stopped. */
class OffloadedOutputs {
    #wanted;
    #copyBack;
    constructor({ wanted, closure, ...options }) {
        this.#wanted = wanted;
        this.#copyBack = new CopyBack({
            ...options,
            candidates: (keys) => Promise.resolve(candidatesOf(closureOfSome(keys.filter(isDrvPath), closure))),
            observe: () => undefined,
        });
        // While the remote builds there is time; the first output that is there then need not wait.
        this.#copyBack.open();
    }
    /** Whether a path is known only from results. */
    get areFloating() {
        return [...this.#wanted.values()].some((outputs) => realised(outputs) === undefined);
    }
    /** To be told when a build has stopped, well or not. */
    stopped = (drvPath) => {
        const outputs = this.#wanted.get(drvPath);
        if (outputs)
            this.#enqueueIfThere(drvPath, outputs);
    };
    /**
     * Brings all that the remote has of them, keeps it for as long as the client's session lives, and tells the local store which
     * content-addressed outputs are whose.
     * @throws ActionError why outputs that were built did not come
     */
    async collect(answer, results, client) {
        for (const [drvPath, outputs] of this.#wanted) {
            const result = results && resultOfDerivation(results, drvPath);
            if (!result)
                this.#enqueueIfThere(drvPath, outputs);
            else if (isGood(outcomeStatus(result.status, result.errorMessage))) {
                this.#enqueue(drvPath, outputs, result);
            }
        }
        const { copied, failures } = await this.#copyBack.finish();
        const arrived = [...copied].filter(isDrvPath).map((drvPath) => this.#wanted.get(drvPath));
        await client.addTempRoots(arrived.flatMap((outputs) => (outputs && realised(outputs)) ?? []));
        const [failure] = failures.values();
        // A build that failed is what the client has to hear of.
        if (failure && answer.kind !== 'error')
            throw failure;
    }
    close() {
        return this.#copyBack.close();
    }
    #enqueueIfThere(key, outputs) {
        const paths = realised(outputs);
        if (paths)
            this.#copyBack.enqueue({ key, outputs: paths, validity: 'maybe' });
    }
    #enqueue(key, outputs, result) {
        const paths = [...outputs].map(([name, path]) => result.outputs.get(name) ?? path);
        const isFloating = realised(outputs) === undefined;
        this.#copyBack.enqueue({
            key,
            outputs: paths.filter((path) => path !== undefined),
            validity: 'valid',
            realisations: isFloating ? [...result.realisations.values()] : [],
        });
    }
}
/** Undefined if one of the paths is not known. */
function realised(outputs) {
    const paths = [...outputs.values()].filter((path) => path !== undefined);
    return paths.length === outputs.size ? paths : undefined;
}

;// CONCATENATED MODULE: ./build/rebuilt-outputs.js
/**
 * A remote compares a rebuild with its own copy; the client asked for a comparison with the one that is here. Where these two differ, the
 * answer becomes what Nix says of that.
 */
async function comparedWithLocal(answer, wanted, local, remote) {
    const paths = [...wanted.values()].flatMap((outputs) => [...outputs.values()].filter((path) => path !== undefined));
    const [here, there] = await Promise.all([
        local.queryPathInfos(paths),
        remote.queryPathInfos(paths),
    ]);
    const differs = (path) => path !== undefined && here.get(path)?.narHash !== there.get(path)?.narHash;
    const differing = new Map([...wanted].flatMap(([drvPath, outputs]) => {
        const output = [...outputs.values()].find(differs);
        return output === undefined ? [] : [[drvPath, notDeterministic(drvPath, output)]];
    }));
    return differing.size === 0 ? answer : withDifferences(answer, differing);
}
function withDifferences(answer, differing) {
    if (answer.kind !== 'results')
        return { kind: 'error', message: [...differing.values()].join('\n') };
    const results = answer.results.map((result) => {
        const message = result.path.kind === 'built' ? differing.get(result.path.drvPath) : undefined;
        return message === undefined
            ? result
            : { ...result, status: 'not-deterministic', errorMessage: message };
    });
    return { kind: 'results', results };
}
/** In Nix's words (`DerivationBuildingGoal`, checkOutputs). */
function notDeterministic(drvPath, output) {
    return `derivation '${drvPath}' may not be deterministic: output '${output}' differs`;
}

;// CONCATENATED MODULE: ./build/copy-inputs.js



/** Whether a store takes this path from anybody: its name follows from its content, as a derivation's does. */
function provesItself({ path, contentAddress }) {
    return contentAddress !== undefined || isDrvPath(path);
}
/**
 * Decides what is sent, root by root: one that needs an input which cannot be sent fails, and the others do not notice.
 * @param missing what the remote lacks of the roots' closures, and cannot substitute
 */
function planUpload(missing, roots, evidence) {
    const withheld = new Set([...missing.values()].filter((info) => !canBeSent(info, evidence)));
    if (withheld.size === 0)
        return { infos: closureWithin(roots, missing), failures: new Map() };
    const failures = new Map();
    for (const root of roots) {
        const closure = closureWithin([root], missing);
        const [first, ...others] = [...closure.values()].filter((info) => withheld.has(info));
        if (first)
            failures.set(root, withheldError(first, others.length, evidence));
    }
    const possible = roots.filter((root) => !failures.has(root));
    return { infos: closureWithin(possible, missing), failures };
}
function canBeSent(info, evidence) {
    if (provesItself(info))
        return true;
    if (evidence.copyInputs === 'never' || evidence.refused.has(info.path))
        return false;
    // Only the daemon knows whether it trusts a signature; and one below protocol 1.35 does not say whether it trusts us.
    if (evidence.trust !== 'untrusted' || info.signatures.length > 0)
        return true;
    return evidence.remoteSettings?.get('require-sigs') === 'false';
}
function withheldError({ path, signatures }, others, { copyInputs, remoteLabel, remoteUser }) {
    const which = others === 0 ? path : `${path} (and ${others} more)`;
    if (copyInputs === 'never') {
        return new domain_errors/* ActionError */.lZ('path-invalid', `copy-inputs is 'never', but ${remoteLabel} lacks ${which} and cannot substitute it`, {
            hint: 'Set copy-inputs: auto to have it sent, or put it into a substituter of that store.',
        });
    }
    const why = signatures.length === 0 ? 'no signature' : 'no signature by a key trusted there';
    return new domain_errors/* ActionError */.lZ('signature-required', `copy-inputs: ${remoteLabel} lacks ${which}, cannot substitute it, and does not take it from user '${remoteUser}', ` +
        `whom it does not trust: it has ${why}`, {
        hint: `Either add the line 'trusted-users = root ${remoteUser}' to nix.conf on ${remoteLabel}, or sign it here with ` +
            `'nix store sign --recursive --key-file KEY ${path}' and add KEY's public half to 'trusted-public-keys' there, ` +
            `or put it into a substituter of that store.`,
    });
}

;// CONCATENATED MODULE: ./build/upload.js





/**
 * Makes derivations and all that they refer to valid on the remote: one query and one stream. Inputs that a store does not take from
 * just anybody are substituted there if possible, which takes one more query where there are such inputs.
 * @param keys derivations; store paths that are none are passed over, for the remote has to get those itself
 * @returns why it was not possible, by derivation
 */
async function upload(request, keys) {
    const { local, remote, observe, signal } = request;
    const drvPaths = keys.filter((key) => isDrvPath(key));
    const refused = new Set();
    let derivations = 0;
    const onProgress = announceOnce('uploading', (event) => observe(event.kind === 'uploading' ? { ...event, derivations } : event));
    for (;;) {
        let failures = new Map();
        let isSure = false;
        const select = async (missing) => {
            const plan = await planFor(request, missing, drvPaths, refused);
            failures = plan.failures;
            derivations = [...plan.infos.keys()].filter((path) => isDrvPath(path)).length;
            isSure = refused.size === 0 && [...missing.values()].every(provesItself);
            return plan.infos;
        };
        try {
            await copyClosure({
                from: local,
                to: remote,
                near: 'source',
                roots: drvPaths,
                select,
                check: 'no-signature-check',
                signal,
                onQueued: () => isSure && request.onQueued?.(),
                onProgress,
            });
            return failures;
        }
        catch (error) {
            // The daemon tells of one path, when it has come to it: the others go again without it. Each turn refuses another.
            const path = refusedPath(error);
            if (path === undefined || refused.has(path))
                throw error;
            refused.add(path);
        }
    }
}
async function planFor({ remote, inputs }, missing, drvPaths, refused) {
    const doubtful = [...missing.values()].filter((info) => !provesItself(info));
    if (doubtful.length === 0)
        return { infos: missing, failures: new Map() };
    const substituted = await remote.queryValidPaths(doubtful.map(({ path }) => path), 'substitute');
    const { trust } = await remote.greeting;
    const left = new Map([...missing].filter(([path]) => !substituted.has(path)));
    return planUpload(left, drvPaths, {
        ...inputs,
        trust,
        remoteSettings: trust === 'untrusted' ? await inputs.remoteSettings() : undefined,
        refused,
        remoteLabel: remote.label,
    });
}
/** Which path a daemon did not take for want of a signature. */
function refusedPath(error) {
    if (!(error instanceof domain_errors/* ActionError */.lZ) || error.code !== 'signature-required')
        return undefined;
    const path = /cannot add path '([^']+)'/.exec(error.message)?.[1] ?? '';
    return isStorePath(path) ? path : undefined;
}

;// CONCATENATED MODULE: ./build/remote-part.js





/** The part of a client's request that the remote builds: derivations go up, and what is told of the builds goes to the client. */
class RemotePart {
    #options;
    #watch;
    constructor(options, watch) {
        this.#options = options;
        this.#watch = watch;
    }
    /** @throws ActionError for what kept the remote from building at all */
    async build() {
        const { lease, plan } = this.#options;
        for (const text of lease.warnings)
            await this.#warn(text);
        let early;
        const paths = await this.#upload(() => {
            early = this.#request(lease.store, plan.remote);
            early.catch(() => undefined); // waited for below, unless uploading fails first
        });
        if (paths.length === 0)
            return { answer: { kind: 'pass' }, results: undefined, paths };
        const answer = await (early ?? this.#request(lease.store, paths));
        return { answer, results: await this.#resultsOf(answer, paths), paths };
    }
    /**
     * What became of content-addressed outputs. BuildPaths tells nothing of them, and Nix before 2.33 calls those that depend on others by
     * what they were resolved to (`DerivationGoal::resolvedFinished`); asked once more, it says what they are to the client.
     */
    async #resultsOf(answer, paths) {
        const told = answer.kind === 'results' ? answer.results : undefined;
        if (!this.#watch.areFloating)
            return told;
        const built = paths.filter(({ drvPath }) => {
            const status = statusIn(answer, drvPath);
            return status !== undefined && isGood(status);
        });
        const { client, lease } = this.#options;
        return built.length === 0 ? told : await lease.store.build(built, 'normal', client.hear);
    }
    /** @returns what can be built there, now that all it needs is there */
    async #upload(onQueued) {
        const { plan, client, lease, remote, copyInputs } = this.#options;
        const inputs = { copyInputs, ...remote.inputs };
        const { store: local, signal } = client;
        const keys = plan.remote.map(({ drvPath }) => drvPath);
        try {
            const failures = await upload({ local, remote: lease.store, inputs, observe: () => undefined, signal, onQueued }, keys);
            this.#watch.tracker.requested(); // now, at the latest, the daemon turns to it
            for (const [drvPath, { message }] of failures) {
                await this.#warn(`building ${drvPath} on this machine: ${message}`);
            }
            return plan.remote.filter(({ drvPath }) => !failures.has(drvPath));
        }
        catch (error) {
            lease.store.close((0,domain_errors/* toError */.iT)(error)); // a build may have been asked for already
            throw error;
        }
    }
    /** A rebuild compares with what is there, so that has to be there first; and a repair is one of the store here. */
    async #request(store, paths) {
        const { operation, mode } = this.#options.request;
        this.#options.onAsked();
        this.#watch.tracker.requested();
        const built = await requestBuild(store, operation, paths, 'normal', this.#hear);
        if (mode !== 'check' || !isGoodAnswer(built))
            return built;
        const rebuilt = await requestBuild(store, operation, paths, 'check', this.#hear);
        if (!isGoodAnswer(rebuilt))
            return rebuilt;
        return comparedWithLocal(rebuilt, this.#watch.wanted, this.#options.client.store, store);
    }
    #hear = (event) => {
        this.#watch.tracker.hear(event);
        this.#watch.failures.hear(event);
        return this.#options.client.hear(event);
    };
    async #warn(text) {
        this.#options.onNotice(text);
        await this.#options.client.hear({ kind: 'message', text: `warning: ${text}` });
    }
}

;// CONCATENATED MODULE: ./build/remote-sessions.js



/** For sessions that only ask and copy. */
const NO_OPTIONS = {
    keepGoing: undefined,
    maxJobs: undefined,
    cores: undefined,
    timeout: undefined,
    maxSilentTime: undefined,
    settings: new Map(),
};
/** How many sessions are kept for the next request: each is a process on the remote. */
const MAX_IDLE = 4;
/** Milliseconds that sshd is given to notice that programs have ended, one turn after the other. */
const remote_sessions_CLOSING_MS = [100, 400, 1500];
/**
 * Sessions with one remote for many requests: opening one takes a round trip, so those that are free again are kept. sshd bounds how many
 * programs run on a connection (MaxSessions, 10); where it refuses another, a request waits until one is given back.
 */
class RemoteSessions {
    #remote;
    #idle = [];
    #waiting = [];
    #leased = 0;
    constructor(remote) {
        this.#remote = remote;
    }
    /** @throws ActionError of the connection; `cancelled` when the signal fires before a session is free */
    async acquire(options, logging, signal) {
        const key = `${optionsKey(options)} ${JSON.stringify(logging)}`;
        const patience = [...remote_sessions_CLOSING_MS];
        for (;;) {
            const idle = this.#takeIdle(key);
            if (idle)
                return this.#lease(idle);
            const session = await this.#open(options, logging);
            if (!(session instanceof domain_errors/* ActionError */.lZ))
                return this.#lease({ ...session, key });
            this.#idle.shift()?.store.close();
            if (this.#leased > 0) {
                await this.#released(signal);
                continue;
            }
            const pause = patience.shift();
            if (pause === undefined)
                throw session;
            await (0,promises_namespaceObject.setTimeout)(pause);
        }
    }
    /** @returns the refusal, where sshd opens no more */
    async #open(options, logging) {
        this.#leased += 1;
        try {
            return await this.#remote.sessionWith(options, logging);
        }
        catch (error) {
            // Who was refused beside this one waits for it to be given back.
            this.#waiting.shift()?.();
            if (error instanceof domain_errors/* ActionError */.lZ && error.code === 'channel-refused')
                return error;
            throw error;
        }
        finally {
            this.#leased -= 1;
        }
    }
    #takeIdle(key) {
        for (;;) {
            const index = this.#idle.findIndex((idle) => idle.key === key);
            const [idle] = index === -1 ? [] : this.#idle.splice(index, 1);
            if (idle?.store.isOpen !== false)
                return idle;
        }
    }
    #lease(session) {
        this.#leased += 1;
        let isReleased = false;
        return {
            store: session.store,
            warnings: session.warnings,
            release: () => {
                if (isReleased)
                    return;
                isReleased = true;
                this.#leased -= 1;
                if (session.store.isOpen)
                    this.#idle.push(session);
                if (this.#idle.length > MAX_IDLE)
                    this.#idle.shift()?.store.close();
                this.#waiting.shift()?.();
            },
        };
    }
    #released(signal) {
        return new Promise((resolve, reject) => {
            const stop = () => {
                this.#waiting.splice(this.#waiting.indexOf(go), 1);
                reject(new domain_errors/* ActionError */.lZ('cancelled', 'cancelled while waiting for a session'));
            };
            const go = () => {
                signal.removeEventListener('abort', stop);
                resolve();
            };
            this.#waiting.push(go);
            signal.addEventListener('abort', stop, { once: true });
            if (signal.aborted)
                stop();
        });
    }
}

;// CONCATENATED MODULE: ./build/wanted-outputs.js
/** Which outputs of which derivation are wanted, and where they are or will be. One exchange. */
async function wanted_outputs_wantedOutputs(store, paths) {
    const drvPaths = [...new Set(paths.map(({ drvPath }) => drvPath))];
    const maps = await store.queryDerivationOutputMaps(drvPaths);
    const wanted = new Map();
    for (const { drvPath, outputs } of paths) {
        const all = maps.get(drvPath) ?? new Map();
        const names = outputs === 'all' ? [...all.keys()] : outputs;
        const known = wanted.get(drvPath) ?? new Map();
        for (const name of names)
            known.set(name, all.get(name));
        wanted.set(drvPath, known);
    }
    return wanted;
}

;// CONCATENATED MODULE: ./build/offloaded-request.js
var offloaded_request_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var offloaded_request_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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












/**
 * Has one build request of a client built by a remote: derivations go up, logs come while it builds, and outputs before the answer.
 * @throws ActionError for what kept the remote from building at all, or an output from coming; a build that fails is an answer
 */
async function buildForClient(options) {
    const logs = await OffloadedLogs.create(options.temporaryDirectory);
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const wanted = await wanted_outputs_wantedOutputs(options.client.store, options.plan.remote);
            const request = offloaded_request_addDisposableResource(env_1, new OffloadedRequest(options, logs, wanted), true);
            return await request.answer();
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = offloaded_request_disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    finally {
        options.lease.release();
        await logs.remove();
    }
}
class OffloadedRequest {
    #options;
    #logs;
    #tracker;
    #failures = new NamedFailures();
    #outputs;
    #there;
    constructor(options, logs, wanted) {
        this.#options = options;
        this.#logs = logs;
        this.#tracker = new ActivityTracker(logs.observe, options.clock);
        this.#outputs = new OffloadedOutputs({
            wanted,
            closure: options.closure,
            openStores: () => openCopyStores(options),
            check: options.importCheck,
            repair: options.request.mode === 'repair' ? 'roots' : undefined,
            signal: options.client.signal,
        });
        this.#tracker.onStopped = this.#outputs.stopped;
        this.#there = new RemotePart(options, {
            tracker: this.#tracker,
            failures: this.#failures,
            wanted,
            areFloating: this.#outputs.areFloating,
        });
    }
    async answer() {
        const { client, plan, request, lease } = this.#options;
        const { answer, results, paths } = await this.#whileCancellable(() => this.#there.build());
        if (paths.length === 0)
            return { kind: 'pass' };
        lease.release();
        this.#report(answer, paths);
        await this.#outputs.collect(answer, results, client.store);
        await this.#logs.register(client.store);
        const here = [...plan.local, ...plan.remote.filter((path) => !paths.includes(path))];
        const whole = here.length === 0 ? answer : await this.#completed(answer, here);
        if (whole.kind !== 'results')
            return whole;
        const { nixVersion } = await client.store.greeting;
        return { ...whole, results: requestedResults(whole.results, request.paths, nixVersion) };
    }
    /** With what the local store makes of the rest. */
    async #completed(answer, here) {
        if (answer.kind === 'error')
            return answer;
        const { client, request } = this.#options;
        const { operation, mode } = request;
        const locally = await requestBuild(client.store, operation, here, mode, client.hear);
        return mergedAnswer(answer, locally);
    }
    async [Symbol.asyncDispose]() {
        await this.#outputs.close();
    }
    /** Its builds end with the client, as long as the session is ours. */
    async #whileCancellable(work) {
        const { signal } = this.#options.client;
        const { store } = this.#options.lease;
        const endings = [];
        const stop = () => {
            endings.push(endBuilds(store, this.#tracker, (0,domain_errors/* toError */.iT)(signal.reason)));
        };
        signal.addEventListener('abort', stop);
        try {
            if (signal.aborted)
                stop();
            return await work();
        }
        finally {
            signal.removeEventListener('abort', stop);
            // The session is closed a moment later, and must not be another client's by then.
            await Promise.all(endings);
        }
    }
    /** What became of each derivation, for whoever shows it. */
    #report(answer, paths) {
        const { onBuild } = this.#options;
        const roots = new Map(paths.map(({ drvPath }) => [drvPath, statusIn(answer, drvPath) ?? 'failed']));
        for (const [drvPath, status] of roots) {
            onBuild({ drvPath, status, seconds: this.#tracker.secondsOf(drvPath) });
        }
        const failed = this.#failures.in(answer);
        for (const [drvPath, seconds] of this.#tracker.finished) {
            if (roots.has(drvPath))
                continue;
            onBuild({ drvPath, status: failed.has(drvPath) ? 'failed' : 'built', seconds });
        }
    }
}
/** Opens both ends of a request's copies. */
async function openCopyStores({ openLocal, sessions, client, }) {
    const lease = await sessions.acquire(NO_OPTIONS, DEFAULT_LOGGING, client.signal);
    try {
        const { store: to } = await openLocal();
        return { from: lease.store, to, release: () => lease.release() };
    }
    catch (error) {
        lease.release();
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/offload-engine.js









/** Milliseconds of waiting for a connection that nobody minds. */
const TELL_AFTER = 1000;
const WAITING = 'warning: the connection to the builder was lost; waiting for another one';
/** Has build requests of the offload socket's clients built by a remote. */
function offloadTo(options) {
    const engine = new OffloadEngine(options);
    return (request, client) => engine.answer(request, client);
}
class OffloadEngine {
    #options;
    #sessions = new WeakMap();
    constructor(options) {
        this.#options = options;
    }
    async answer(request, client) {
        const missing = await derivationsToBuild(request, client, this.#options.importCheck);
        if (missing.size === 0)
            return { kind: 'pass' };
        const closure = await closureOf(request);
        if (!closure)
            return { kind: 'pass' };
        const progress = { hasAsked: false };
        const onAsked = () => void (progress.hasAsked = true);
        const parts = { request, closure, client, onAsked };
        try {
            return await this.#tryRemote(parts, missing);
        }
        catch (error) {
            // A link that died unnoticed, while nobody used it: nothing was built yet, so nothing is built twice.
            if (progress.hasAsked || (0,domain_errors/* asActionError */.z6)(error).code !== 'connection-lost')
                throw error;
            return this.#tryRemote(parts, missing);
        }
    }
    async #tryRemote(parts, missing) {
        const { request, closure, client } = parts;
        const remotes = await this.#options.remotes();
        const plans = remotes.map(async (remote) => ({
            remote,
            plan: planOffload(request.paths, missing, closure, await remote.abilities()),
        }));
        const chosen = await firstConnected(mostRemoteFirst(await Promise.all(plans)), client);
        if (!chosen)
            return { kind: 'pass' };
        const { remote, plan } = chosen;
        const settings = await this.#options.localSettings();
        const { options, logging } = clientRequest(client.options, settings, this.#options.options);
        const sessions = this.#sessionsOf(remote);
        const lease = await sessions.acquire(options, logging, client.signal);
        return buildForClient({ ...this.#options, ...parts, plan, remote, lease, sessions });
    }
    #sessionsOf(remote) {
        const known = this.#sessions.get(remote);
        if (known)
            return known;
        const sessions = new RemoteSessions(remote);
        this.#sessions.set(remote, sessions);
        return sessions;
    }
}
/** Those that can build any of it, whoever builds most first. */
function mostRemoteFirst(plans) {
    return plans
        .filter(({ plan }) => plan.remote.length > 0)
        .toSorted((one, other) => other.plan.remote.length - one.plan.remote.length);
}
/**
 * The first of these that is connected, or can be.
 * @throws ActionError of the last one, where there is none
 */
async function firstConnected([next, ...others], client) {
    if (!next)
        return undefined;
    const { remote, plan } = next;
    try {
        return { remote: await tellingOfWaits(client, remote.connected(client.signal)), plan };
    }
    catch (error) {
        if (others.length === 0 || !PASSING.has((0,domain_errors/* asActionError */.z6)(error).code))
            throw error;
        return firstConnected(others, client);
    }
}
/** Who waits is told so. */
async function tellingOfWaits({ hear }, connected) {
    const tell = setTimeout(() => void hear({ kind: 'message', text: WAITING }), TELL_AFTER);
    try {
        return await connected;
    }
    finally {
        clearTimeout(tell);
    }
}
/** The derivations of a request that take a build, and all that have to be built for them. What can be substituted is not among them. */
async function derivationsToBuild({ paths, mode }, { store }, importCheck) {
    const built = paths.filter((path) => path.kind === 'built');
    if (built.length === 0)
        return new Set();
    switch (mode) {
        case 'normal':
            return new Set((await store.queryMissing(built)).willBuild);
        case 'repair':
            // The local store refuses whom it does not trust, in its own words.
            return new Set(importCheck === 'check-signatures' ? [] : built.map(({ drvPath }) => drvPath));
        case 'check':
            return validDerivations(store, built);
    }
}
/** What is not there cannot be built again: the local store says so in its own words. */
async function validDerivations(store, paths) {
    const outputs = await wanted_outputs_wantedOutputs(store, paths);
    const known = [...outputs.values()].flatMap((each) => [...each.values()]);
    const valid = await store.queryValidPaths(known.filter((path) => path !== undefined));
    const isValid = (path) => path !== undefined && valid.has(path);
    const drvPaths = [...outputs].filter(([, each]) => [...each.values()].every(isValid));
    return new Set(drvPaths.map(([drvPath]) => drvPath));
}
/** Undefined for what only Nix itself can build. */
async function closureOf({ paths }) {
    const roots = paths.flatMap((path) => (path.kind === 'built' ? [path.drvPath] : []));
    try {
        return await derivationClosure(roots, (path) => (0,external_node_fs_promises_namespaceObject.readFile)(path, 'utf8'));
    }
    catch (error) {
        if ((0,domain_errors/* asActionError */.z6)(error).code === 'unsupported-derivation')
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/offers.js
/** What the store's URI says of a remote, else what its settings say. */
function abilitiesOf(uri, settings) {
    const systems = uri.systems.length > 0 ? uri.systems : settingsSystems(settings);
    const features = uri.systemFeatures.length > 0 ? uri.systemFeatures : offers_words(settings?.get('system-features'));
    return {
        systems: systems.length > 0 ? new Set(systems) : undefined,
        features: features.length > 0 ? new Set(features) : undefined,
    };
}
/** As {@link abilitiesOf}, for who chooses among several. Whoever names a remote's systems names all. */
function offerOf(uri, settings) {
    const isSaid = uri.systems.length > 0 || settings?.get('builders')?.trim() === '';
    const jobs = Number(settings?.get('max-jobs'));
    return {
        machines: [abilitiesOf(uri, settings)],
        others: isSaid ? 'none' : 'possible',
        capacity: jobs > 0 ? jobs : 1,
    };
}
function settingsSystems(settings) {
    const own = offers_words(settings?.get('system'));
    return own.length === 0 ? [] : [...own, ...offers_words(settings?.get('extra-platforms'))];
}
function offers_words(text) {
    return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

;// CONCATENATED MODULE: ./build/remote-dump.js


/**
 * Runs `nix-store --dump` there, which needs no valid path. A user with a forced command gets that command instead.
 * @throws ActionError of the connection
 */
async function dumpOverSsh(connection, { remoteProgram }, storePath, signal) {
    const folder = external_node_path_.posix.dirname(remoteProgram[0] ?? '');
    const program = folder === '.' ? 'nix-store' : external_node_path_.posix.join(folder, 'nix-store');
    const { duplex } = await connection.exec([program, '--dump', storePath]);
    duplex.end();
    return (0,external_node_stream_namespaceObject.addAbortSignal)(signal, duplex);
}

;// CONCATENATED MODULE: ./build/remote-settings.js



/** How long the remote may take to print its settings, in milliseconds. */
const SETTINGS_TIMEOUT = 10_000;
/**
 * Runs `nix config show` there. A user with a forced command gets that command instead, which ends with its input.
 * @returns undefined where that tells nothing; never rejects
 */
async function readRemoteSettings(connection, uri) {
    try {
        const stream = await connection.exec(settingsCommand(uri));
        stream.duplex.end();
        const timer = setTimeout(() => stream.duplex.destroy(), SETTINGS_TIMEOUT).unref();
        try {
            const printed = await (0,consumers_namespaceObject.text)(stream.duplex);
            await stream.exit;
            return remote_settings_settingsOf(printed);
        }
        finally {
            clearTimeout(timer);
        }
    }
    catch {
        return undefined;
    }
}
/** What a remote prints instead of nothing where Nix's default for `builders` names a file that is there. */
const HAS_MACHINES = '# machines\n';
/** Nix's default for `builders` names a file that most machines do not have: then it is none. */
function remote_settings_settingsOf(printed) {
    const hasMachines = printed.startsWith(HAS_MACHINES);
    const settings = parseSettings(hasMachines ? printed.slice(HAS_MACHINES.length) : printed);
    const isDefault = settings?.get('builders') === '@/etc/nix/machines';
    return settings && isDefault && !hasMachines
        ? new Map([...settings, ['builders', '']])
        : settings;
}
/** Nix before 2.20 knows `show-config`, later ones `config show`. */
function settingsCommand(uri) {
    const program = uri.remoteProgram[0] ?? '';
    const nix = program.includes('/') ? external_node_path_.posix.join(external_node_path_.posix.dirname(program), 'nix') : 'nix';
    const flags = '--extra-experimental-features nix-command --json';
    const machines = `test -s /etc/nix/machines && echo '${HAS_MACHINES.trim()}'`;
    return `${machines}; ${nix} config show ${flags} 2>/dev/null || ${nix} show-config ${flags} 2>/dev/null`;
}

;// CONCATENATED MODULE: ./build/remote.js








/** One remote: an SSH connection, and the sessions with its store that run over it. */
class Remote {
    label;
    #connection;
    #request;
    #settings;
    /** What its daemon says of itself. */
    greeting;
    /** On the channel that was asked for together with the connection, until somebody takes it. */
    #first;
    constructor(request, { connection, channel }, settings) {
        this.label = formatStoreUri(request.uri);
        this.#connection = connection;
        this.#request = request;
        this.#settings = settings;
        this.#first = this.#sessionOn(channel);
        this.greeting = this.#first.store.greeting;
    }
    /**
     * Connects, with the channel that is to build. What the remote has as settings is asked for at the same time, on a channel of its
     * own, and waited for only where it is needed.
     * @throws ActionError of ssh/
     */
    static async connect(request, signal) {
        const { uri, access, options } = request;
        const endpoint = { ...uri, publicHostKey: uri.base64SshPublicHostKey };
        let settings;
        const connected = await connectWorker({
            host: uri.host,
            port: uri.port,
            ...(await access.loginFor(endpoint)),
            compress: uri.compress,
            signal,
            onRequestable: (connection) => {
                settings = readRemoteSettings(connection, uri);
            },
        }, { ...programOf(uri), daemonArgs: daemonArguments(options) });
        return new Remote(request, connected, settings ?? readRemoteSettings(connected.connection, uri));
    }
    /** Whom we are logged in as. */
    get user() {
        return this.#connection.user;
    }
    /** For further channels. */
    get connection() {
        return this.#connection;
    }
    get uri() {
        return this.#request.uri;
    }
    /** The remote's Nix settings; undefined where it runs no command for us (a forced command). */
    settings() {
        return this.#settings;
    }
    get inputs() {
        return { remoteUser: this.user, remoteSettings: () => this.settings() };
    }
    /** A further session, for queries and copies. */
    openSession = async () => this.#sessionOn(await this.#openChannel([])).store;
    dump = (path, signal) => dumpOverSsh(this.#connection, this.uri, path, signal);
    offer = async () => {
        const offer = offerOf(this.uri, await this.settings());
        return { ...offer, capacity: offer.capacity * (this.#request.speedFactor ?? 1) };
    };
    builderOf = () => this.label;
    /** The one that there is ends the step: see `lost`. */
    lossOf = () => undefined;
    rename = (text) => text;
    trustRemedy = () => undefined;
    /** The session whose daemon builds with the options asked for; what cannot reach it is told. */
    async buildSession(observe) {
        const { store, warnings } = await this.sessionWith(this.#request.options);
        for (const text of warnings)
            observe({ kind: 'warning', text });
        return store;
    }
    /** A session whose daemon builds with these options: the one that connecting has opened if it suits, else a further one. */
    async sessionWith(options, logging) {
        const { store, kind } = await this.#sessionFor(options);
        if (askedNames(options).length === 0 && logging === undefined)
            return { store, warnings: [] };
        try {
            const { nixVersion, trust } = await store.greeting;
            const settings = await this.#settings;
            const delivery = daemon_options_deliverOptions(options, kind, nixVersion, settings, logging);
            if (delivery.setOptions)
                await store.setOptions(delivery.setOptions);
            if (delivery.undeliverable.length > 0) {
                return { store, warnings: [undeliverableText(this.label, delivery.undeliverable)] };
            }
            const ignored = ignoredSettings(options, trust);
            return { store, warnings: ignored.length > 0 ? [ignoredText(this.label, ignored)] : [] };
        }
        catch (error) {
            store.close((0,domain_errors/* toError */.iT)(error));
            throw error;
        }
    }
    /** Settles only if the connection is lost, with the reason. */
    get lost() {
        return this.#connection.closed.then((reason) => reason ?? new Promise(() => undefined));
    }
    get bytesSent() {
        return this.#connection.bytesSent;
    }
    get bytesReceived() {
        return this.#connection.bytesReceived;
    }
    get roundTripMs() {
        return this.#connection.roundTripMs;
    }
    close() {
        this.#connection.close();
    }
    async #sessionFor(options) {
        const first = this.#first;
        if (first && optionsKey(options) === optionsKey(this.#request.options)) {
            this.#first = undefined;
            return first;
        }
        return this.#sessionOn(await this.#openChannel(daemonArguments(options)));
    }
    async #openChannel(daemonArgs) {
        const program = { ...programOf(this.#request.uri), daemonArgs };
        try {
            return await openWorkerChannel(this.#connection, program);
        }
        catch (error) {
            if (!(error instanceof domain_errors/* ActionError */.lZ) || error.code !== 'channel-refused')
                throw error;
            // sshd may allow one program at a time (MaxSessions), and the one that prints the settings may still run.
            await this.#settings;
            return openWorkerChannel(this.#connection, program);
        }
    }
    #sessionOn(channel) {
        return { store: openStore(channel, { label: this.label }), kind: channel.kind };
    }
}
function programOf({ remoteProgram, remoteStore }) {
    return { remoteProgram, remoteStore };
}
function undeliverableText(label, names) {
    return (`${names.join(', ')}: ${label} cannot be told, because the SSH user is bound to one command there and Nix does not pass options on. ` +
        `Take \`command=\` away from the key's line in authorized_keys there, or set them in that machine's nix.conf.`);
}

;// CONCATENATED MODULE: ./protocol/replies.js



/** A server's side of answers. Before its answer it tells events, then LAST, or an error in place of both. */
/** LAST: what follows is the answer. */
const LAST_MESSAGE = message(messages_MESSAGE.last).finish();
/** What many operations answer, BuildPaths among them. */
const DONE = new WireWriter().u64(1).finish();
/** @param mapId gives each activity the id that the client is to know it by; it is not asked about 0, which means none. */
function writeEvent(event, mapId) {
    switch (event.kind) {
        case 'message':
            return message(messages_MESSAGE.next).string(event.text).finish();
        case 'stop':
            return message(messages_MESSAGE.stopActivity).u64(mapId(event.id)).finish();
        case 'result': {
            const writer = message(messages_MESSAGE.result).u64(mapId(event.id)).u64(event.type);
            return writeFields(writer, event.fields).finish();
        }
        case 'start': {
            const writer = message(messages_MESSAGE.startActivity)
                .u64(mapId(event.id))
                .u64(event.level)
                .u64(event.type)
                .string(event.text);
            const parent = event.parent === 0n ? 0n : mapId(event.parent);
            return writeFields(writer, event.fields).u64(parent).finish();
        }
    }
}
/** ERROR as of protocol 1.26: it stands where {@link LAST_MESSAGE} and the answer would. */
function writeError({ message: text, level = 0, traces = [] }) {
    const writer = message(messages_MESSAGE.error)
        .string('Error')
        .u64(level)
        .string('Error') // a name that nothing uses any more
        .string(text)
        .u64(0) // havePos
        .u64(traces.length);
    for (const trace of traces)
        writer.u64(0).string(trace);
    return writer.finish();
}
/**
 * What BuildPathsWithResults answers. Outputs are written as the realisations they were read from: where there are none, a client
 * asks for its outputs by itself.
 * @param version what was negotiated with the client
 */
function writeBuildResults(results, version) {
    const writer = new WireWriter().u64(results.length);
    for (const result of results)
        writeKeyedBuildResult(writer, result, version);
    return writer.finish();
}
function message(type) {
    return new WireWriter().u64(type);
}
function writeFields(writer, fields) {
    writer.u64(fields.length);
    for (const field of fields) {
        if (typeof field === 'string')
            writer.u64(1).string(field);
        else
            writer.u64(0).u64(field);
    }
    return writer;
}

;// CONCATENATED MODULE: ./offload/answers.js


/**
 * The id by which a client knows an activity that is not the local daemon's. Ids are (pid << 32) + n (logging.cc), on either
 * machine, so two of them may be equal; bit 62 is in none.
 */
function foreignActivityId(id) {
    return id | (1n << 62n);
}
/** @param version what was negotiated with the client */
function writeAnswer(answer, { operation }, version) {
    if (answer.kind === 'error')
        return writeError(answer);
    if (answer.kind === 'built' && operation === 'BuildPaths') {
        return Buffer.concat([LAST_MESSAGE, DONE]);
    }
    if (answer.kind === 'results' && operation === 'BuildPathsWithResults') {
        return Buffer.concat([LAST_MESSAGE, writeBuildResults(answer.results, version)]);
    }
    const message = `${operation} cannot be answered with '${answer.kind}'`;
    return writeError(failure(new domain_errors/* ActionError */.lZ('internal', message)));
}
/** What a client is told of something thrown. */
function failure(thrown) {
    const { message, hint } = (0,domain_errors/* asActionError */.z6)(thrown);
    return { kind: 'error', message: hint === undefined ? message : `${message}\n${hint}` };
}
/** The answer to BuildDerivation: Nix sends it only to a store that it was given as a builder. */
const NO_BUILDER = writeError({
    message: 'this socket may not be used as a builder: it stands for the local store, which would wait for itself\n' +
        "Take its unix:// address out of Nix's setting 'builders'.",
});

;// CONCATENATED MODULE: ./offload/client-voice.js

/** Speaks to a client in the daemon's stead. What is said in one go leaves in one write. */
class ClientVoice {
    #socket;
    #isCorked = false;
    #room;
    constructor(socket) {
        this.#socket = socket;
    }
    /** @returns a promise to be waited for if the client reads slowly. A client that is gone has room for all. */
    tell(event, mapId = (id) => id) {
        this.say(writeEvent(event, mapId));
        return this.#socket.writableNeedDrain ? this.#waitForRoom() : undefined;
    }
    say(bytes) {
        const socket = this.#socket;
        if (!socket.writable)
            return;
        if (!this.#isCorked) {
            this.#isCorked = true;
            socket.cork();
            process.nextTick(() => {
                this.#isCorked = false;
                socket.uncork();
            });
        }
        socket.write(bytes);
    }
    #waitForRoom() {
        const socket = this.#socket;
        this.#room ??= new Promise((resolve) => {
            const done = () => {
                socket.off('drain', done).off('close', done);
                this.#room = undefined;
                resolve();
            };
            socket.on('drain', done).on('close', done);
        });
        return this.#room;
    }
}

;// CONCATENATED MODULE: ./offload/flow.js
/** What may wait for a side that reads slowly, bytes. Streams' own limit is one chunk: each would stop the other side. */
const flow_WAITING_LIMIT = 1024 * 1024;
/** Bytes on their way from one side to the other: while one does not take them, the other is not read. */
class Flow {
    #from;
    #to;
    #isFull = false;
    #isHeld = false;
    constructor(from, to) {
        this.#from = from;
        this.#to = to;
    }
    /** Sends bytes on in one write. */
    send(pieces) {
        const to = this.#to;
        if (to.destroyed)
            return;
        if (pieces.length > 1)
            to.cork();
        for (const piece of pieces)
            to.write(piece);
        if (pieces.length > 1)
            to.uncork();
        if (to.writableLength > flow_WAITING_LIMIT)
            this.#waitForRoom();
    }
    /** Nothing more is read until {@link release}. */
    hold() {
        this.#isHeld = true;
        this.#from.pause();
    }
    release() {
        this.#isHeld = false;
        if (!this.#isFull)
            this.#from.resume();
    }
    #waitForRoom() {
        this.#from.pause();
        if (this.#isFull)
            return;
        this.#isFull = true;
        this.#to.once('drain', () => {
            this.#isFull = false;
            if (!this.#isHeld)
                this.#from.resume();
        });
    }
}

;// CONCATENATED MODULE: ./protocol/server-handshake.js




/** A server's side of the handshake, and a client's where it is said in steps. */
/** A client's first word; Nix before 2.26 waits for the answer before it says more. */
const CLIENT_MAGIC_BYTES = new WireWriter().u64(CLIENT_MAGIC).finish();
/** @throws ActionError `protocol-violation` if somebody else than a Nix client has connected */
function* readClientMagic(reader) {
    const magic = yield* reader.u64big();
    if (magic !== BigInt(CLIENT_MAGIC))
        throw violation('this is not a Nix client');
}
/** What a daemon answers to the magic. */
function writeDaemonVersion(version) {
    return new WireWriter().u64(SERVER_MAGIC).u64(version).finish();
}
/** How a client says which protocol it speaks. */
function writeClientVersion(version) {
    return new WireWriter().u64(version).finish();
}
/** Passes over what a client says before its first request, from 1.14 to 1.37: CPU affinity and reserved space, both obsolete. */
function* skipClientHello(reader) {
    const hasAffinity = yield* reader.bool();
    if (hasAffinity)
        yield* reader.u64();
    yield* reader.u64();
}
/** What a server that stands for no daemon says of itself; LAST or an error follows. */
function writeWelcome(version) {
    const writer = new WireWriter();
    if (version >= SINCE.daemonVersion)
        writer.string('unknown');
    if (version >= SINCE.trust)
        writer.u64(0); // whether it trusts the client: not said
    return writer.finish();
}

;// CONCATENATED MODULE: ./offload/feed.js

/** Gives what arrives from one side to one decoding after the other. */
class Feed {
    reader = new WireReader();
    #waiting;
    #ended;
    /** Decodes as far as `chunk` goes before it returns. */
    push(chunk) {
        this.reader.push(chunk);
        this.#waiting?.advance();
    }
    /** One at a time. Rejects with what the decoding throws, and when the feed ends before it is done. */
    decode(decoding) {
        const { promise, resolve, reject } = Promise.withResolvers();
        if (this.#ended) {
            reject(this.#ended);
            return promise;
        }
        const advance = () => {
            try {
                const step = decoding.next();
                if (step.done !== true)
                    return;
                resolve(step.value);
            }
            catch (error) {
                reject(error);
            }
            this.#waiting = undefined;
        };
        this.#waiting = { advance, reject };
        advance();
        return promise;
    }
    /** Hands what is here and not decoded to `sink`. */
    drain(sink) {
        const { reader } = this;
        reader.skip(reader.available, sink).next();
    }
    /** Nothing more arrives. */
    end(reason) {
        this.#ended ??= reason;
        this.#waiting?.reject(this.#ended);
        this.#waiting = undefined;
    }
}
/** As `decoding`, while every byte that it takes is also given to `sink`. */
function* teeing(reader, sink, decoding) {
    reader.beginTee(sink);
    try {
        return yield* decoding;
    }
    finally {
        reader.endTee();
    }
}

;// CONCATENATED MODULE: ./offload/handshake.js





/** For people. */
const LOCAL_STORE = 'the local store';
/**
 * Stands between a client and the local daemon while they greet each other, so that they agree on a protocol without lists
 * of features, which is one that can be read here.
 *
 * The daemon is asked first: a client that is older than 2.26 says nothing of itself before it knows the daemon's version.
 * @throws ActionError `protocol-mismatch` or `daemon-error` for the local daemon, `protocol-violation` for the client
 */
async function shakeHands(client, daemon) {
    daemon.duplex.write(CLIENT_MAGIC_BYTES);
    const daemons = await daemon.feed.decode(readDaemonVersion(daemon.feed.reader, LOCAL_STORE));
    await client.feed.decode(readClientMagic(client.feed.reader));
    if (!isSpoken(daemons)) {
        client.duplex.write(writeDaemonVersion(daemons));
        return { kind: 'foreign', who: `the local daemon speaks ${protocolText(daemons)}` };
    }
    client.duplex.write(writeDaemonVersion(Math.min(daemons, ADVERTISED)));
    const clients = await client.feed.decode(client.feed.reader.u64());
    if (!isSpoken(clients)) {
        daemon.duplex.write(writeClientVersion(clients));
        return { kind: 'foreign', who: `the client speaks ${protocolText(clients)}` };
    }
    daemon.duplex.write(writeClientVersion(Math.min(clients, ADVERTISED)));
    const greeting = await introduce(client, daemon, Math.min(daemons, clients, ADVERTISED));
    return { kind: 'agreed', greeting };
}
/** Greets a client in the daemon's stead, only to tell it what is wrong. */
async function turnAway(client, message) {
    const { duplex, feed } = client;
    await feed.decode(readClientMagic(feed.reader));
    duplex.write(writeDaemonVersion(ADVERTISED));
    const clients = await feed.decode(feed.reader.u64());
    if (!isSpoken(clients))
        return;
    await feed.decode(skipClientHello(feed.reader));
    duplex.write(writeWelcome(Math.min(clients, ADVERTISED)));
    duplex.write(writeError({ message }));
}
/** Passes on the rest of what both say of themselves. */
async function introduce(client, daemon, version) {
    const toDaemon = (bytes) => void daemon.duplex.write(bytes);
    const toClient = (bytes) => void client.duplex.write(bytes);
    const { reader } = daemon.feed;
    await client.feed.decode(teeing(client.feed.reader, toDaemon, skipClientHello(client.feed.reader)));
    return await daemon.feed.decode(teeing(reader, toClient, readWelcome(reader, LOCAL_STORE, version)));
}

;// CONCATENATED MODULE: ./offload/lent-stream.js

/**
 * A client's own stream to the local daemon, lent to a session for as long as one request is answered. A session that breaks
 * destroys it, and the connection with it: nobody would know where the daemon's next answer begins.
 */
class LentStream extends external_node_stream_namespaceObject.Duplex {
    #daemon;
    #onBroken;
    #isLent = true;
    /** @param onBroken told when the stream is destroyed while it is lent */
    constructor(daemon, onBroken) {
        super();
        this.#daemon = daemon;
        this.#onBroken = onBroken;
    }
    /** What came from the daemon. */
    deliver(chunk) {
        if (!this.push(chunk))
            this.#daemon.pause();
    }
    /** The daemon says no more. */
    deliverEnd() {
        this.push(null);
    }
    /** What the session does from now on does not concern the daemon. */
    takeBack() {
        this.#isLent = false;
        this.#daemon.resume();
    }
    _read() {
        if (this.#isLent)
            this.#daemon.resume();
    }
    _write(chunk, _encoding, done) {
        this.#daemon.write(chunk, done);
    }
    _writev(chunks, done) {
        const last = chunks.length - 1;
        this.#daemon.cork();
        for (const [index, { chunk }] of chunks.entries()) {
            this.#daemon.write(chunk, index === last ? done : undefined);
        }
        this.#daemon.uncork();
    }
    _destroy(error, done) {
        if (this.#isLent)
            this.#onBroken();
        done(error);
    }
}

;// CONCATENATED MODULE: ./offload/loan.js





/** One for all: there is a loan for each request to build, and a stack trace takes longer than the rest of it. */
const RETURNED = new domain_errors/* ActionError */.lZ('cancelled', 'the request has been answered');
/** The time for which a client's stream to the local daemon is a session that somebody else uses: while one request is answered. */
class Loan {
    #options;
    #stream;
    constructor(options) {
        const { duplex } = options.daemon;
        this.#options = options;
        this.#stream = new LentStream(duplex, () => duplex.destroy());
    }
    /** What came from the daemon. */
    deliver(chunk) {
        this.#stream.deliver(chunk);
    }
    deliverEnd() {
        this.#stream.deliverEnd();
    }
    /** The daemon is gone for good, and whoever uses the stream finds out at once. */
    destroy() {
        this.#stream.destroy();
    }
    /** Has a request answered; what is thrown is an answer too. The stream is idle afterwards, or destroyed. */
    async use(takeOver, request, client) {
        const [first] = request.paths;
        if (!first)
            return { kind: 'pass' };
        const { daemon, greeting, voice } = this.#options;
        const store = openStore({ duplex: this.#stream, diagnostics: () => daemon.diagnostics() }, { label: LOCAL_STORE, resumed: greeting, onEvent: (event) => voice.tell(event) });
        try {
            const hear = (event) => voice.tell(event, foreignActivityId);
            return await takeOver(request, { ...client, store, hear });
        }
        catch (thrown) {
            return failure(thrown);
        }
        finally {
            // An answer that nobody waited for would be read as that to the client's next request.
            if (!store.isIdle)
                await settle(store, first);
            this.#stream.takeBack();
            store.close(RETURNED);
        }
    }
}
/** Waits until all that a store was asked has been answered, which it does in order, or its session has ended. */
async function settle(store, some) {
    const path = some.kind === 'opaque' ? some.path : some.drvPath;
    await store.queryValidPaths([path]).catch(() => undefined);
}

;// CONCATENATED MODULE: ./protocol/request-shapes.js

const PARTS = {
    n: 'number',
    s: 'string',
    S: 'strings',
    M: 'map',
    D: 'derivation',
    F: 'frames',
};
/** What follows the number of an operation, letter by letter: the same in every protocol from 1.32 to 1.37 (Nix's `daemon.cc`). */
const LETTERS = {
    [OP.isValidPath]: 's',
    [OP.hasSubstitutes]: 's',
    [OP.queryPathHash]: 's',
    [OP.queryReferences]: 's',
    [OP.queryReferrers]: 's',
    [OP.addToStore]: 'ssSnF',
    [OP.addTextToStore]: 'ssS',
    [OP.buildPaths]: 'Sn',
    [OP.ensurePath]: 's',
    [OP.addTempRoot]: 's',
    [OP.addIndirectRoot]: 's',
    [OP.syncWithGC]: '',
    [OP.findRoots]: '',
    [OP.exportPath]: 'sn',
    [OP.queryDeriver]: 's',
    [OP.setOptions]: 'nnnnnnnnnnnnM',
    [OP.collectGarbage]: 'nSnnnnn',
    [OP.querySubstitutablePathInfo]: 's',
    [OP.queryDerivationOutputs]: 's',
    [OP.queryAllValidPaths]: '',
    [OP.queryPathInfo]: 's',
    [OP.queryDerivationOutputNames]: 's',
    [OP.queryPathFromHashPart]: 's',
    [OP.querySubstitutablePathInfos]: 'M',
    [OP.queryValidPaths]: 'Sn',
    [OP.querySubstitutablePaths]: 'S',
    [OP.queryValidDerivers]: 's',
    [OP.optimiseStore]: '',
    [OP.verifyStore]: 'nn',
    [OP.buildDerivation]: 'sDn',
    [OP.addSignatures]: 'sS',
    [OP.narFromPath]: 's',
    [OP.addToStoreNar]: 'sssSnnnSsnnF',
    [OP.queryMissing]: 'S',
    [OP.queryDerivationOutputMap]: 's',
    [OP.registerDrvOutput]: 's',
    [OP.queryRealisation]: 's',
    [OP.addMultipleToStore]: 'nnF',
    [OP.addBuildLog]: 'sF',
    [OP.buildPathsWithResults]: 'Sn',
    [OP.addPermRoot]: 'ss',
};
/**
 * The shape of each operation's request, by its number. Absent are those during which the daemon would ask back (ImportPaths, 27), those
 * that Nix has removed, and those to come.
 */
const REQUEST_SHAPES = new Map(Object.entries(LETTERS).map(([op, letters]) => [Number(op), toShape(letters)]));
function toShape(letters) {
    return Array.from(letters).flatMap((letter) => PARTS[letter] ?? []);
}

;// CONCATENATED MODULE: ./protocol/requests.js






/** A server's side of requests: each function reads what follows the number of the operation. */
/**
 * Passes over a request. Whatever its size, nothing of it is held in memory.
 * @returns `unknown` for an operation of which it is not known where it ends: then nothing was taken.
 */
function* skipRequest(reader, op) {
    const shape = REQUEST_SHAPES.get(op);
    if (!shape)
        return 'unknown';
    for (const part of shape)
        yield* skipPart(reader, part);
    return 'known';
}
/**
 * Reads a request to build (BuildPaths, BuildPathsWithResults).
 * @returns undefined if it asks for more than a {@link DerivedPath} can say, as outputs of a derivation that is an output itself
 *   (`x.drv!out!out`), or in a mode that nobody knows.
 */
function* readBuildRequest(reader) {
    reader.beginMessage();
    const texts = yield* reader.strings();
    const mode = BUILD_MODES[yield* reader.u64()];
    const paths = texts.map(asDerivedPath).filter((path) => path !== undefined);
    return mode === undefined || paths.length < texts.length ? undefined : { paths, mode };
}
/** Reads what SetOptions sets. */
function* readSetOptions(reader) {
    reader.beginMessage();
    const keepFailed = yield* reader.bool();
    const keepGoing = yield* reader.bool();
    const tryFallback = yield* reader.bool();
    const verbosity = yield* reader.u64();
    const maxBuildJobs = yield* reader.u64();
    const maxSilentTime = yield* reader.u64();
    yield* reader.u64(); // useBuildHook, obsolete
    const verboseBuild = (yield* reader.u64()) === VERBOSE_BUILD.on;
    yield* reader.u64(); // log type, obsolete
    yield* reader.u64(); // printBuildTrace, obsolete
    return {
        keepFailed,
        keepGoing,
        tryFallback,
        verbosity,
        verboseBuild,
        maxBuildJobs,
        maxSilentTime,
        buildCores: yield* reader.u64(),
        useSubstitutes: yield* reader.bool(),
        overrides: yield* reader.stringMap(),
    };
}
function* skipPart(reader, part) {
    reader.beginMessage();
    switch (part) {
        case 'number':
            yield* reader.skip(8); // not read: CollectGarbage's maxFreed is 2^64 - 1
            return;
        case 'string':
            yield* skipString(reader);
            return;
        case 'strings':
            yield* skipStrings(reader, 1);
            return;
        case 'map':
            yield* skipStrings(reader, 2);
            return;
        case 'derivation':
            yield* skipDerivation(reader);
            return;
        case 'frames':
            yield* readFrames(reader, () => undefined);
    }
}
/** `BasicDerivation`, as BuildDerivation sends it. */
function* skipDerivation(reader) {
    yield* skipStrings(reader, 4); // outputs: name, path, hash algorithm, hash
    yield* skipStrings(reader, 1); // sources
    yield* skipString(reader); // platform
    yield* skipString(reader); // builder
    yield* skipStrings(reader, 1); // arguments
    yield* skipStrings(reader, 2); // environment
}
/** A count of items, each of so many strings. */
function* skipStrings(reader, stringsPerItem) {
    const count = yield* reader.u64();
    for (let left = count * stringsPerItem; left > 0; left--)
        yield* skipString(reader);
}
function* skipString(reader) {
    reader.beginMessage(); // it is not kept, so nothing adds up
    yield* reader.skip(paddedLength(yield* reader.u64()));
}

;// CONCATENATED MODULE: ./offload/requests.js


const BUILDS = new Map([
    [OP.buildPaths, 'BuildPaths'],
    [OP.buildPathsWithResults, 'BuildPathsWithResults'],
]);
/**
 * Finds out where a client's requests begin and end, and passes them on as they come: byte for byte, uncopied, and however large, held
 * nowhere. Only requests that build are held back until they are known.
 */
class Requests {
    #reader;
    #send;
    #pieces = [];
    #keep = (bytes) => void this.#pieces.push(bytes);
    #isHolding = false;
    #isUnanswered = false;
    #options;
    /** @param send passes bytes on, in one write */
    constructor(reader, send) {
        this.#reader = reader;
        this.#send = send;
    }
    /** What the client set last. */
    get options() {
        return this.#options;
    }
    /** The daemon has begun to answer, or the client was answered in its stead. */
    answered() {
        this.#isUnanswered = false;
    }
    /** The bytes of a request that was held back go to the daemon. */
    pass(bytes) {
        this.#isUnanswered = true;
        this.#send(bytes);
    }
    /** Passes on what was decoded, if it may be. */
    flush() {
        if (!this.#isHolding && this.#pieces.length > 0)
            this.#send(this.#takePieces());
    }
    /** Passes on requests until there is one that cannot be; {@link flush} is to be called after each chunk. */
    *next() {
        const reader = this.#reader;
        for (;;) {
            while (reader.available === 0)
                yield;
            if (this.#isUnanswered)
                return { kind: 'pipelined' };
            this.#isUnanswered = true;
            this.flush();
            this.#isHolding = true;
            reader.beginTee(this.#keep);
            try {
                const stop = yield* this.#request();
                if (stop)
                    return stop;
            }
            finally {
                reader.endTee();
                this.#isHolding = false;
            }
        }
    }
    *#request() {
        const reader = this.#reader;
        reader.beginMessage();
        const op = yield* reader.u64();
        const operation = BUILDS.get(op);
        if (operation)
            return this.#build(operation, yield* readBuildRequest(reader));
        if (op === OP.buildDerivation)
            return yield* this.#refuse();
        this.#isHolding = false;
        if (op === OP.setOptions)
            this.#options = yield* readSetOptions(reader);
        else if ((yield* skipRequest(reader, op)) === 'unknown')
            return { kind: 'unknown', op };
        return undefined;
    }
    #build(operation, request) {
        if (!request)
            return undefined;
        this.#reader.endTee();
        return { kind: 'build', request: { operation, ...request }, bytes: this.#takePieces() };
    }
    *#refuse() {
        this.#reader.endTee();
        this.#takePieces();
        yield* skipRequest(this.#reader, OP.buildDerivation);
        return { kind: 'refused' };
    }
    #takePieces() {
        return this.#pieces.splice(0);
    }
}

;// CONCATENATED MODULE: ./offload/conversation.js






/** What a client may send while it waits for its build, bytes; Nix's own sends nothing. */
const BACKLOG_LIMIT = 1024 * 1024;
/** What a client and the local daemon say to each other once they have greeted, and what is said in the daemon's stead. */
class Conversation {
    #parties;
    #up;
    #down;
    #voice;
    #requests;
    #loan;
    #isRaw = false;
    constructor(parties) {
        const { client, daemon } = parties;
        this.#parties = parties;
        this.#up = new Flow(client.duplex, daemon.duplex);
        this.#down = new Flow(daemon.duplex, client.duplex);
        this.#voice = new ClientVoice(client.duplex);
        this.#requests = new Requests(client.feed.reader, (pieces) => this.#up.send(pieces));
    }
    hearClient(chunk) {
        if (this.#isRaw) {
            this.#up.send([chunk]);
            return;
        }
        const { feed } = this.#parties.client;
        feed.push(chunk);
        this.#requests.flush();
        if (this.#loan && feed.reader.available > BACKLOG_LIMIT)
            this.#up.hold();
    }
    hearDaemon(chunk) {
        if (this.#loan) {
            this.#loan.deliver(chunk);
        }
        else {
            this.#requests.answered();
            this.#down.send([chunk]);
        }
    }
    daemonEnded() {
        this.#loan?.deliverEnd();
    }
    daemonClosed() {
        this.#loan?.destroy();
    }
    /** Serves the client's requests. Rejects when the feed of the client's bytes ends. */
    async serve(greeting) {
        for (;;) {
            const stop = await this.#next();
            if (stop.kind === 'build') {
                await this.#build(stop, greeting);
            }
            else if (stop.kind === 'refused') {
                this.#answer(NO_BUILDER);
            }
            else {
                await this.#relayFrom(stop);
                return;
            }
        }
    }
    /** From here on nothing is read, and nothing taken over. Rejects when the feed of the client's bytes ends. */
    async relay(because) {
        const { client, onNotice } = this.#parties;
        onNotice(`a client of the offload socket builds as if there were none: ${because}`);
        this.#isRaw = true;
        client.feed.drain((bytes) => this.#up.send([bytes]));
        await client.feed.decode(forever());
    }
    #relayFrom(stop) {
        switch (stop.kind) {
            case 'unknown':
                this.#parties.onRawOperation(stop.op);
                return this.relay(`it uses operation ${stop.op}, which is not known here`);
            case 'pipelined':
                return this.relay('it does not wait for answers');
            case 'unreadable':
                return this.relay(`its request cannot be read: ${stop.why}`);
        }
    }
    async #next() {
        const next = this.#parties.client.feed.decode(this.#requests.next());
        this.#requests.flush();
        try {
            return await next;
        }
        catch (thrown) {
            const error = (0,domain_errors/* toError */.iT)(thrown);
            if (!(error instanceof domain_errors/* ActionError */.lZ) || error.code !== 'protocol-violation')
                throw error;
            this.#requests.flush();
            return { kind: 'unreadable', why: error.message };
        }
    }
    async #build(stop, greeting) {
        const { daemon, takeOver, signal } = this.#parties;
        const { request, bytes } = stop;
        const { options } = this.#requests;
        this.#loan = new Loan({ daemon, greeting, voice: this.#voice });
        const answer = await this.#loan.use(takeOver, request, { options, signal });
        this.#loan = undefined;
        if (answer.kind === 'pass')
            this.#requests.pass(bytes);
        else
            this.#answer(writeAnswer(answer, request, greeting.protocolVersion));
        this.#up.release();
    }
    #answer(bytes) {
        this.#voice.say(bytes);
        this.#requests.answered();
    }
}
function* forever() {
    for (;;)
        yield;
}

;// CONCATENATED MODULE: ./offload/connection.js






/** A client of the socket, and its stream to the local daemon: when one is gone, so is the other. */
class connection_Connection {
    /** Resolves when nothing is left of it, and nobody answers a request of it any more. */
    ended;
    #client;
    #options;
    #gone = new AbortController();
    #daemon;
    #conversation;
    constructor(socket, options) {
        this.#client = { duplex: socket, feed: new Feed() };
        this.#options = options;
        const close = () => this.close();
        socket.on('data', (chunk) => this.#hearClient(chunk));
        // A client that exits half-closes first: 'close' alone would come when all was written that it will never read.
        socket.on('end', close).on('error', close).on('close', close);
        const closed = (0,external_node_events_namespaceObject.once)(socket, 'close').catch(() => undefined);
        this.ended = Promise.all([this.#run(), closed]).then(() => undefined);
    }
    /** Ends both sides hard: a half-closed stream to the daemon would leave its builds running. Idempotent. */
    close() {
        if (this.#gone.signal.aborted)
            return;
        this.#gone.abort();
        this.#client.feed.end(new domain_errors/* ActionError */.lZ('cancelled', 'the client of the offload socket is gone'));
        this.#client.duplex.destroy();
        this.#daemon?.duplex.destroy();
    }
    async #run() {
        const { duplex } = this.#client;
        try {
            const daemon = await this.#openDaemon();
            if (daemon)
                await this.#converse(daemon);
        }
        catch (thrown) {
            const { code, message } = (0,domain_errors/* asActionError */.z6)(thrown);
            if (code !== 'cancelled')
                this.#options.onNotice(`offload socket: ${message}`);
        }
        this.#daemon?.duplex.destroy();
        duplex.destroySoon(); // what was said to the client is to reach it
    }
    async #openDaemon() {
        try {
            this.#daemon = await this.#options.openLocalStream();
        }
        catch (thrown) {
            await turnAway(this.#client, failure(thrown).message);
            throw thrown;
        }
        return this.#gone.signal.aborted ? undefined : this.#daemon;
    }
    async #converse(daemon) {
        const client = this.#client;
        const side = { duplex: daemon.duplex, feed: new Feed() };
        const ended = () => this.#daemonEnded(side.feed);
        const closed = () => {
            ended();
            this.#conversation?.daemonClosed();
        };
        daemon.duplex.on('data', (chunk) => {
            if (this.#conversation)
                this.#conversation.hearDaemon(chunk);
            else
                side.feed.push(chunk);
        });
        daemon.duplex.on('end', ended).on('error', ended).on('close', closed);
        const handshake = await shakeHands(client, side);
        side.feed.drain((bytes) => void client.duplex.write(bytes));
        const { signal } = this.#gone;
        this.#conversation = new Conversation({ ...this.#options, client, daemon, signal });
        if (handshake.kind === 'agreed')
            await this.#conversation.serve(handshake.greeting);
        else
            await this.#conversation.relay(handshake.who);
    }
    #hearClient(chunk) {
        if (this.#conversation)
            this.#conversation.hearClient(chunk);
        else
            this.#client.feed.push(chunk);
    }
    #daemonEnded(feed) {
        const reason = new domain_errors/* ActionError */.lZ('cancelled', 'the local daemon has ended the connection');
        feed.end(reason);
        this.#client.feed.end(reason);
        this.#conversation?.daemonEnded();
    }
}

;// CONCATENATED MODULE: ./offload/server.js




/** How long those who answer requests may take to end, milliseconds. */
const CLOSE_LIMIT = 5_000;
/**
 * A daemon socket for Nix's clients: each of them gets a stream of its own to the local daemon, and what it asks for passes through
 * byte for byte, but for requests to build, which `takeOver` answers.
 */
class OffloadServer {
    #server;
    #connections = new Set();
    #rawOperations = new Map();
    #options;
    #closed;
    constructor(options) {
        this.#options = options;
        this.#server = (0,external_node_net_namespaceObject.createServer)((socket) => {
            const onRawOperation = (op) => this.#countRaw(op);
            const connection = new connection_Connection(socket, { ...options, onRawOperation });
            this.#connections.add(connection);
            void connection.ended.then(() => this.#connections.delete(connection));
        });
    }
    /** @throws ActionError `internal` when the socket cannot be made */
    static async listen(options) {
        const { socketPath, onNotice } = options;
        const offload = new OffloadServer(options);
        const server = offload.#server;
        await listenPrivately(server, socketPath, 'the offload socket');
        server.on('error', (error) => onNotice(`offload socket: a client was lost: ${error.message}`));
        return offload;
    }
    /** How many connections each unknown operation has sent past us, by its number. */
    get rawOperations() {
        return this.#rawOperations;
    }
    /** Ends all clients hard, waits up to 5 s for those who answer them, and removes the socket. Idempotent. */
    close() {
        this.#closed ??= this.#close();
        return this.#closed;
    }
    async #close() {
        this.#server.close();
        const ended = [...this.#connections].map((connection) => {
            connection.close();
            return connection.ended;
        });
        await withLimit(CLOSE_LIMIT, Promise.all(ended));
        await (0,external_node_fs_promises_namespaceObject.rm)(this.#options.socketPath, { force: true });
    }
    #countRaw(op) {
        this.#rawOperations.set(op, (this.#rawOperations.get(op) ?? 0) + 1);
    }
}
/** Waits for a promise that does not reject, but not longer than `ms`. */
async function withLimit(ms, promise) {
    let timer;
    const expired = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([promise, expired]);
    clearTimeout(timer);
}

;// CONCATENATED MODULE: ./service/configured.js

/**
 * Puts in force what the user has Nix told, for this process as for later steps.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
async function configure(given, outer, opened) {
    const warnings = [];
    const observe = (event) => {
        if (event.kind === 'warning')
            warnings.push(event.text);
    };
    const context = { ...outer, observe, socketDirectory: outer.folder.path };
    const { env, exports } = await openGivenConf(given, context, opened);
    return { context: { ...context, env }, exports, warnings };
}

;// CONCATENATED MODULE: ./service/linked-remotes.js




/** Others can do its work: a remote that is gone is waited for once, and then for a minute not at all. */
const linked_remotes_BESIDE_OTHERS = { firstMs: 500, longestMs: 4000, totalMs: 10_000, restMs: 60_000 };
/** Remotes whose connections are made anew when they were lost and somebody needs them. */
class LinkedRemotes {
    /** As they were connected first. */
    first;
    /** Who could not be reached, and why. */
    leftOut;
    #links = [];
    constructor(first, leftOut, links) {
        this.first = first;
        this.leftOut = leftOut;
        this.#links = links;
    }
    /**
     * Connects to all; who cannot be reached is left out.
     * @throws ActionError of ssh/, where nobody is left or somebody is not as he should be
     */
    static async connect(uris, connect, onNotice, signal) {
        const leftOut = [];
        const connecting = uris.map((uri) => ({
            label: formatStoreUri(uri),
            connected: connect(uri, signal),
        }));
        try {
            const first = await presentPlaces(connecting, (text) => leftOut.push(text));
            const links = first.map((remote) => new RemoteLink({
                first: remote,
                connect: (until) => connect(remote.uri, until),
                onNotice,
                ...(first.length > 1 ? { patience: linked_remotes_BESIDE_OTHERS } : {}),
            }));
            return new LinkedRemotes(first, leftOut, links);
        }
        catch (error) {
            for (const { connected } of connecting)
                void connected.then((remote) => remote.close()).catch(() => undefined);
            throw error;
        }
    }
    /** For the offload socket. What a remote can do is asked once. */
    get remotes() {
        return this.#links.map((link, index) => {
            const first = this.first[index] ?? this.first[0];
            return {
                abilities: async () => abilitiesOf(first.uri, await first.settings()),
                connected: (signal) => link.get(signal),
            };
        });
    }
    /** For people. */
    get label() {
        return this.first.map(({ label }) => label).join(', ');
    }
    /** Over all connections, SSH's own included. */
    get bytesSent() {
        return this.#links.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    }
    get bytesReceived() {
        return this.#links.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    }
    /** How often there was a new connection after a lost one. */
    get reconnects() {
        return this.#links.reduce((sum, { reconnects }) => sum + reconnects, 0);
    }
    /** Ends all connections, and all waits for another. */
    close() {
        for (const link of this.#links)
            link.close();
    }
}

;// CONCATENATED MODULE: ./service/offload-service.js
var offload_service_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var offload_service_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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














/** The offload socket with all that serves it. */
class OffloadService {
    ready;
    #remotes;
    #server;
    #records;
    #opened;
    constructor(ready, remotes, server, records, opened) {
        this.ready = ready;
        this.#remotes = remotes;
        this.#server = server;
        this.#records = records;
        this.#opened = opened;
    }
    /**
     * Connects, makes sure that what is built there can be had here, and listens.
     * @throws ActionError with what keeps it from serving
     */
    static async start(request, outer) {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const opening = offload_service_addDisposableResource(env_1, new AsyncDisposableStack(), true);
            const { context, exports, warnings } = await configure(request.nixConf, outer, opening);
            const records = new OffloadRecords();
            const onNotice = (text) => {
                records.addNotice(text);
                context.onNotice(text);
            };
            const connect = (uri, signal) => Remote.connect({ uri, access: context.access, options: request.options }, signal);
            const { stores } = request;
            const remotes = await LinkedRemotes.connect(stores, connect, onNotice, context.signal);
            try {
                const [importCheck, introduced] = await Promise.all([
                    importCheckFor(remotes, request, context),
                    offload_service_introduce(remotes, request, context),
                ]);
                const ready = {
                    ...introduced,
                    warnings: [...warnings, ...introduced.warnings],
                    exports: { ...exports, ...introduced.exports },
                };
                const parts = { request, context, remotes, records, onNotice, importCheck };
                return new OffloadService(ready, remotes, await offload_service_serve(parts), records, opening.move());
            }
            catch (error) {
                remotes.close();
                throw error;
            }
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = offload_service_disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    /** Ends everything, clients' builds too. */
    async stop() {
        await this.#server.close();
        const { bytesSent, bytesReceived, reconnects } = this.#remotes;
        this.#remotes.close();
        await this.#opened.disposeAsync();
        const { rawOperations } = this.#server;
        const { remote } = this.ready;
        const totals = { bytesSent, bytesReceived, reconnects, rawOperations };
        return this.#records.report({ mode: 'remote-store', remote, ...totals });
    }
}
/** Asked before anything is built: a build whose outputs nobody can take is of no use. */
async function importCheckFor({ first: remotes }, { nixConf }, context) {
    const { env } = context;
    const local = await local_store_openLocalStore({ env, socketPath: daemonSocketPath(env) });
    try {
        await warnOfUnheard(nixConf, local, context);
        const [first, ...others] = remotes;
        // What differs is only who is refused.
        for (const remote of others)
            await localImportCheck(local, remote, context, 'offload socket');
        return await localImportCheck(local, first, context, 'offload socket');
    }
    finally {
        local.store.close();
    }
}
/** What is told of the remotes, and which options they cannot be told. */
async function offload_service_introduce({ first: remotes, label, leftOut }, { options }, { folder }) {
    const details = remotes.map(async ({ greeting, roundTripMs }) => connectionDetail(await greeting, roundTripMs));
    const detail = (await Promise.all(details)).join('; ');
    // Without NIX_REMOTE, who may write the store himself would not ask a daemon.
    const exports = { NIX_DAEMON_SOCKET_PATH: folder.socket, NIX_REMOTE: 'daemon' };
    const ready = { kind: 'ready', remote: label, detail, exports };
    // The session that connecting has opened is for the first client.
    if (askedNames(options).length === 0)
        return { ...ready, warnings: leftOut };
    const undelivered = remotes.map(async (remote) => {
        const { store, warnings } = await remote.sessionWith(options);
        store.close();
        return warnings;
    });
    return { ...ready, warnings: [...leftOut, ...(await Promise.all(undelivered)).flat()] };
}
async function offload_service_serve(parts) {
    const { request, context, remotes, records, onNotice, importCheck } = parts;
    const { env, folder, clock } = context;
    const local = { env, socketPath: daemonSocketPath(env) };
    const settings = readSettings(context);
    return OffloadServer.listen({
        socketPath: folder.socket,
        openLocalStream: async () => (await openLocalStream(local)).stream,
        takeOver: offloadTo({
            remotes: () => Promise.resolve(remotes.remotes),
            openLocal: () => local_store_openLocalStore(local),
            importCheck,
            options: request.options,
            copyInputs: request.copyInputs,
            localSettings: () => settings,
            temporaryDirectory: folder.path,
            clock,
            onBuild: (build) => records.addBuild(build),
            onNotice,
        }),
        onNotice,
    });
}
/** Read once: what a later step changes, it asks for. */
async function readSettings({ env, signal }) {
    const command = { nix: 'nix', env, signal, workingDirectory: external_node_os_namespaceObject.tmpdir() };
    return readLocalSettings(command).catch(() => undefined);
}

;// CONCATENATED MODULE: ./serve.js
var serve_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var serve_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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



















/** Milliseconds for handing the report over. */
const ANSWER_LIMIT = 2000;
/** The process that serves the offload socket: from its assignment on standard input to its end. */
async function serve_serve() {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        outliveTheStep();
        const cancellation = serve_addDisposableResource(env_1, new Cancellation(), false);
        const { signal } = cancellation;
        const assignment = parseAssignment(await (0,consumers_namespaceObject.text)(process.stdin));
        try {
            const setUp = await Promise.race([start(assignment, signal), aborted(signal)]);
            await serve_answer(setUp.service.ready);
            await serveToTheEnd(setUp, assignment, signal);
        }
        catch (thrown) {
            const { code, message, hint } = (0,domain_errors/* asActionError */.z6)(thrown);
            note(message);
            await serve_answer({ kind: 'failed', code, message, hint });
        }
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        serve_disposeResources(env_1);
    }
}
/** What the process says: its log is read when it has ended by itself. Never a secret. */
function note(line) {
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
/** The step ends, and with it whoever reads standard output; the process goes on, and keeps its secrets. */
function outliveTheStep() {
    process.on('SIGHUP', () => undefined);
    // Unheard, it opens Node's debugger, to every user of the machine.
    process.on('SIGUSR1', () => undefined);
    process.stdout.on('error', () => undefined);
}
async function start({ inputs, workspace, folder: path }, signal) {
    const read = (name) => inputs[name] ?? '';
    const { task, request, hostChecks } = readInputs(read, await inputPlace(read('builders').trim(), workspace));
    if (task !== 'set-up')
        throw new domain_errors/* ActionError */.lZ('internal', 'the inputs name what to build');
    const marker = process.env[MARKER_VARIABLE] ?? '';
    const env = { ...childEnvironment(process.env), [MARKER_VARIABLE]: marker };
    const user = currentUser();
    const from = { processEnv: process.env, env, user, directory: path };
    const access = accessWith(hostChecks, secretsOf(read), from);
    const { destination, ...rest } = request;
    await requireCredentials(destination, access);
    // No path is relative from here on, and the workspace may be removed.
    process.chdir('/');
    const folder = offloadFolder(path);
    const place = { user, env, folder, clock: clock, signal, onNotice: note };
    const pipe = pipeProgram();
    const service = await startService(destination, rest, { access, pipe, ...place });
    return { service, control: await ControlServer.listen(folder.control), folder };
}
function startService(destination, rest, context) {
    return destination.mode === 'builders'
        ? BuildersService.start({ machines: destination.machines, ...rest }, context)
        : OffloadService.start({ stores: destination.stores, ...rest }, context);
}
async function serveToTheEnd({ service, control, folder }, { job }, signal) {
    const reply = await Promise.race([
        control.stopped,
        jobGone(job, folder.path, signal).then(note, () => undefined),
        aborted(signal).catch(() => note('told to end')),
    ]);
    const report = await service.stop();
    // Without a post that asks, nobody else tidies up.
    if (!reply && !signal.aborted)
        await removeOffloadFolder(folder);
    // That connection stays open: its end tells that this process is gone.
    await Promise.race([reply?.(formatOffloadReport(report)), (0,promises_namespaceObject.setTimeout)(ANSWER_LIMIT)]);
}
async function serve_answer(line) {
    await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
}


/***/ }),

/***/ 3814:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   HD: () => (/* binding */ authenticationFailure),
/* harmony export */   hr: () => (/* binding */ moreIsWanted),
/* harmony export */   v1: () => (/* binding */ publicKeyOnly)
/* harmony export */ });
/* harmony import */ var _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);
/* harmony import */ var _domain_text_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(3295);


/** Offers each key once, in order, and nothing else: no `none` probe, which would cost a round trip. */
function publicKeyOnly(credentials, username, watch) {
    const methods = credentials.kind === 'keys'
        ? credentials.keys.map((key) => ({ type: 'publickey', username, key: key.parsed() }))
        : [{ type: 'agent', username, agent: credentials.socket }];
    return (methodsLeft, partialSuccess, next) => {
        watch.asked();
        if (partialSuccess)
            watch.wantsMore(methodsLeft);
        const method = methods.shift();
        // ssh2 takes `false` for "nothing left", which its types do not know.
        next(method ?? false);
    };
}
/** A second factor, or a second key, that cannot be given. */
function moreIsWanted(methods, user, host, cause) {
    const wanted = (0,_domain_text_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g$)(methods.join(', '));
    return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('authentication-failed', `${host} accepts the key of ${user}, but wants more than that: ${wanted}`, {
        hint: `A workflow can give nothing but a key: set AuthenticationMethods publickey for ${user} in sshd_config on ${host} (Match User).`,
        cause,
    });
}
/** The server would not have any of our keys. */
function authenticationFailure(credentials, user, host, cause) {
    const tooMany = /too many authentication failures/i.test(cause.message);
    const what = tooMany
        ? `${host} let ${user} try no more keys (too many authentication failures)`
        : `${host} does not let ${user} in`;
    return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('authentication-failed', `${what}: ${offered(credentials)}`, {
        hint: tooMany
            ? 'Offer only the key that is meant for this builder: sshd counts each one against its MaxAuthTries.'
            : `Is the user name right, and is the public half of the key a line of ~/.ssh/authorized_keys of ${user} on ${host}?`,
        cause,
    });
}
function offered(credentials) {
    if (credentials.kind === 'agent')
        return 'offered were the keys of the agent (SSH_AUTH_SOCK)';
    const keys = credentials.keys.map((key) => `${key.type} ${key.fingerprint}`);
    return keys.length === 0 ? 'there was no key to offer' : `offered was ${keys.join(', ')}`;
}


/***/ }),

/***/ 8521:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ HandshakeProgress),
/* harmony export */   x: () => (/* binding */ TurnedAway)
/* harmony export */ });
/* harmony import */ var _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2443);
/* harmony import */ var _domain_host_key_check_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(885);
/* harmony import */ var _domain_text_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(3295);
/* harmony import */ var _authentication_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(3814);




const PEEKED_BYTES = 256;
/** Watches a handshake: how far it has come, how long the link takes, and why it failed if it does. */
class HandshakeProgress {
    /** Set when the host's key was refused. */
    hostKey;
    isAuthenticated = false;
    #options;
    #phase = 'greeting';
    #firstBytes = '';
    #serviceAskedAt = 0;
    #serviceGrantedAt;
    #wantedMore;
    constructor(options) {
        this.#options = options;
    }
    /** The software that the server says it is. */
    get server() {
        return this.#firstBytes.startsWith('SSH-2.0-OpenSSH_') ? 'OpenSSH' : 'other';
    }
    get roundTripMs() {
        return (this.#serviceGrantedAt ?? this.#serviceAskedAt) - this.#serviceAskedAt;
    }
    /** Remembers what the server says first, which ssh2 forgets unless it is SSH. */
    peek(socket) {
        const onData = (chunk) => {
            this.#firstBytes += chunk.toString('latin1', 0, PEEKED_BYTES);
            if (this.#firstBytes.startsWith('SSH-'))
                this.#phase = 'key-exchange';
            socket.removeListener('data', onData);
        };
        socket.on('data', onData);
    }
    /** ssh2 asks for the authentication service next. */
    keysExchanged() {
        this.#phase = 'authentication';
        this.#serviceAskedAt = performance.now();
    }
    asked() {
        this.#serviceGrantedAt ??= performance.now();
    }
    wantsMore(methods) {
        this.#wantedMore = methods;
    }
    /** @param error what ssh2 reported */
    explain(error) {
        if (this.hostKey !== undefined)
            return this.hostKey;
        switch (this.#phase) {
            case 'greeting':
                return this.#noGreeting(error);
            case 'key-exchange':
                return this.#keyExchange(error);
            case 'authentication':
                return this.#authentication(error);
        }
    }
    /** The phase under way took longer than it may. */
    timedOut(limitMs) {
        const { host, port } = this.#options;
        const what = {
            greeting: 'took the connection but said nothing',
            'key-exchange': 'did not finish the key exchange',
            authentication: 'did not answer the authentication',
        }[this.#phase];
        return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('connect-timeout', `${host}, port ${port}, ${what} within ${limitMs / 1000} s`, { hint: 'Is that the port of an SSH server, and is the builder not overloaded?' });
    }
    #noGreeting(error) {
        const { host, port } = this.#options;
        const said = (0,_domain_text_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g$)(this.#firstBytes.split(/[\r\n]/)[0] ?? '');
        // sshd says so since 9.8 when MaxStartups or PerSourcePenalties turn a client away; before it just hangs up.
        if (said === '' || /^(Exceeded MaxStartups|Not allowed at this time)/.test(said)) {
            const reason = said === '' ? '' : ` (${said})`;
            return new TurnedAway('host-unreachable', `${host}, port ${port}, closed the connection before the SSH handshake${reason}`, {
                hint: "Too many connections at once, perhaps: see sshd's MaxStartups and PerSourcePenalties on the builder.",
                cause: error,
            });
        }
        return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('protocol-mismatch', `what listens on ${host}, port ${port}, is no SSH server: it says ${JSON.stringify(said.slice(0, 80))}`, { cause: error });
    }
    #keyExchange(error) {
        const { host, hostKeys } = this.#options;
        if (error.message.includes('no matching host key format') && hostKeys.trusted.length > 0) {
            return (0,_domain_host_key_check_js__WEBPACK_IMPORTED_MODULE_1__/* .noCommonHostKey */ .QR)(hostKeys, host);
        }
        return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('connection-lost', `the SSH handshake with ${host} failed: ${(0,_domain_text_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g$)(error.message)}`, { cause: error });
    }
    #authentication(error) {
        const { host, user, credentials } = this.#options;
        const level = 'level' in error ? error.level : undefined;
        if (level === 'agent') {
            return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('authentication-failed', `the SSH agent cannot be used: ${(0,_domain_text_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g$)(error.message)}`, { hint: 'Set the input ssh-key, or start an agent and set SSH_AUTH_SOCK.', cause: error });
        }
        if (this.#wantedMore !== undefined)
            return (0,_authentication_js__WEBPACK_IMPORTED_MODULE_2__/* .moreIsWanted */ .hr)(this.#wantedMore, user, host, error);
        if (level === 'client-authentication' || /authentication/i.test(error.message)) {
            return (0,_authentication_js__WEBPACK_IMPORTED_MODULE_2__/* .authenticationFailure */ .HD)(credentials, user, host, error);
        }
        return new _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('connection-lost', `${host} closed the connection during authentication: ${(0,_domain_text_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g$)(error.message)}`, { cause: error });
    }
}
/** The server was too busy to talk: worth another try. */
class TurnedAway extends _domain_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ {
}


/***/ }),

/***/ 1539:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   C8: () => (/* binding */ Fields),
/* harmony export */   S8: () => (/* binding */ uint32),
/* harmony export */   _G: () => (/* binding */ sshString)
/* harmony export */ });
/** A number as SSH writes it (RFC 4251, 5). */
function uint32(value) {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    return bytes;
}
/** Bytes behind their length (RFC 4251, 5, `string`). */
function sshString(content) {
    const bytes = Buffer.from(content);
    return Buffer.concat([uint32(bytes.length), bytes]);
}
/** Reads the fields of a message one after the other. What is cut off throws a RangeError. */
class Fields {
    #message;
    #at = 0;
    constructor(message) {
        this.#message = message;
    }
    byte() {
        const value = this.#message.readUInt8(this.#at);
        this.#at += 1;
        return value;
    }
    uint32() {
        const value = this.#message.readUInt32BE(this.#at);
        this.#at += 4;
        return value;
    }
    /** A part of the message, not a copy. */
    string() {
        const start = this.#at + 4;
        const end = start + this.#message.readUInt32BE(this.#at);
        if (end > this.#message.length)
            throw new RangeError('a string is cut off');
        this.#at = end;
        return this.#message.subarray(start, end);
    }
    text() {
        return this.string().toString('utf8');
    }
}


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
/******/ var __webpack_exports__ = __nccwpck_require__(6480);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
