/**
 * The walk, in Nix: `request: autoArgs: root: ""`. See `walkProgram` for what it does.
 *
 * - foldl' keeps the stack flat over any number of attributes, and is strict: one attribute after the other.
 * - What `describe` returns is forced within tryEval; without deepSeq a failure would surface later, under a wrong name.
 * - It ends with the first failure that tryEval swallowed, uncaught: so one message costs no evaluation of its own.
 * - toXML is the only builtin that tells `{ ... }: x` (called by Nix) from `y: x` (not called).
 */
export const WALK = String.raw`request: autoArgs: root:
let
  inherit (builtins) attrNames deepSeq elem elemAt filter foldl' functionArgs getAttr hasAttr head intersectAttrs isAttrs
    isFunction isList isString length listToAttrs match seq tail toJSON toXML tryEval typeOf unsafeDiscardStringContext
    unsafeGetAttrPos;

  say = event: builtins.trace (unsafeDiscardStringContext (request.nonce + toJSON event));

  # --- values

  isDerivation = value: isAttrs value && value ? type && value.type == "derivation";

  hasFormals = function: match ".*<attrspat.*" (toXML function) != null;
  hasEllipsis = function: match ".*<attrspat[^>]* ellipsis=.*" (toXML function) != null;
  call = value:
    if !request.autoCall then value
    else if isAttrs value && value ? __functor then call (value.__functor value)
    else if isFunction value && hasFormals value then
      value (if hasEllipsis value then autoArgs else intersectAttrs (functionArgs value) autoArgs)
    else value;

  index = name: if match "[0-9]+" name == null then null else builtins.fromJSON name;

  # The value at a path: { value } or, where it ends, { missing, names }.
  lookup = path: value:
    let
      set = call value;
      name = head path;
      position = if request.autoCall then index name else null;
    in
    if path == [ ] then { inherit value; }
    else if position != null then
      if isList set && position < length set then lookup (tail path) (elemAt set position)
      else { missing = name; names = [ ]; kind = typeOf set; }
    else if !isAttrs set then { missing = name; names = [ ]; kind = typeOf set; }
    else if hasAttr name set then lookup (tail path) (getAttr name set)
    else { missing = name; names = if length path == 1 then attrNames set else [ ]; kind = "set"; };

  # --- what is reported of a value

  strings = value: if isList value then filter isString value else null;
  text = value: if isString value then unsafeDiscardStringContext value else null;
  optional = result: if result.success then result.value else null;

  describeDerivation = drv:
    let
      meta = drv.meta or { };
      outputs = drv.outputs or [ "out" ];
      outPath = name: text (if hasAttr name drv then (getAttr name drv).outPath else drv.outPath);
    in
    {
      kind = "derivation";
      drvPath = unsafeDiscardStringContext drv.drvPath;
      name = text (drv.name or null);
      system = text (drv.system or null);
      outputs = listToAttrs (map (name: { inherit name; value = outPath name; }) outputs);
      specifiedOutput = if drv.outputSpecified or false then text (drv.outputName or null) else null;
      outputsToInstall = strings (meta.outputsToInstall or null);
      requiredSystemFeatures = strings (drv.requiredSystemFeatures or null);
      position = optional (tryEval (text (meta.position or null)));
    };

  describe = value:
    if isDerivation value then describeDerivation value
    else if isAttrs value then { kind = "set"; recurse = value.recurseForDerivations or false == true; }
    else { kind = "other"; type = typeOf value; };

  describeCompletely = value: let described = describe value; in deepSeq described described;

  # --- the walk

  isSystemName = name: match request.systemName name != null;
  isPerSystem = path: length path == 1 && elem (head path) request.perSystemOutputs;
  wanted = path: name: elem name request.systems || !(isPerSystem path || isSystemName name);

  # Fails, for good, unless an earlier failure is already kept for the end.
  failed = id: path: thunk: state:
    say { event = "caught"; inherit id path; }
      (if state == null then { inherit id path thunk; } else state);

  visit = item: base: path: from: position: value: state:
    let
      called = call value;
      attempt = tryEval (describeCompletely called);
      described = attempt.value;
      top = path == [ ];
      enter = top || described.recurse
        || (length path == 1 && elem (head path) request.systems);
    in
    # What comes before the place to start from is another process's; only the way down to it is walked.
    if from != [ ] then
      if enter then visitChildren item base path from called state else state
    else
      say { event = "begin"; inherit (item) id; inherit path position; } (
        if !attempt.success then failed item.id path (describeCompletely called) state
        else say ({ event = "done"; inherit (item) id; inherit path; } // described) (
          if described.kind == "set" && enter then visitChildren item base path from called state else state));

  visitChildren = item: base: path: from: set: state:
    let
      all = attrNames set;
      names = filter (wanted (base ++ path)) all;
      others = filter (name: isSystemName name && !(elem name request.systems)) all;
      fromOf = name: if from != [ ] && name == head from then tail from else [ ];
      child = state: name:
        visit item base (path ++ [ name ]) (fromOf name) (unsafeGetAttrPos name set) (getAttr name set) state;
    in
    if from != [ ] then foldl' child state (filter (name: name >= head from) names)
    else say { event = "names"; inherit (item) id; inherit path names; } (
      if others == [ ] then foldl' child state names
      else say { event = "passed-over"; systems = others; } (foldl' child state names));

  # The first candidate that exists, as { candidate, value }, or what is said when none does.
  find = item:
    let
      step = state: candidate:
        if state ? value then state
        else
          let found = lookup candidate root; in
          if found ? value then { inherit candidate; inherit (found) value; }
          else { misses = state.misses ++ [ { inherit (found) missing names kind; } ]; };
    in
    foldl' step { misses = [ ]; } item.candidates;

  walkItem = state: item:
    let
      attempt = tryEval (find item);
      found = attempt.value;
    in
    say { event = "begin"; inherit (item) id; path = null; position = null; } (
      if !attempt.success then failed item.id null (find item) state
      else if found ? value then
        say { event = "found"; inherit (item) id; attrPath = item.base ++ found.candidate; }
          (visit item (item.base ++ found.candidate) [ ] item.from null found.value state)
      else say { event = "missing"; inherit (item) id; inherit (found) misses; } state);

  explain = id: path: thunk:
    say { event = "explain"; inherit id path; } (seq thunk "");

  explainItem = item: path:
    let
      found = find item;
      thunk = if path == null then found else describeCompletely (call (foldl' (value: name: getAttr name (call value)) found.value path));
    in
    explain item.id path thunk;

  walkAll =
    let swallowed = foldl' walkItem null request.items; in
    seq swallowed (say { event = "end"; }
      (if swallowed == null then "" else explain swallowed.id swallowed.path swallowed.thunk));
in
if request.requirePure && builtins ? currentSystem then say { event = "impure"; } ""
else if request.task == "explain" then explainItem (head request.items) request.explain
else walkAll`;
