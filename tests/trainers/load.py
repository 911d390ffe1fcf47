"""What a trainer's own code makes of a folder: its samples as lines of JSON.

    load.py TRAINER FOLDER [CHECKOUT]

With CHECKOUT, a checkout of the trainer that somebody fetched by hand, the
functions named below are taken out of its files and run, and what they call
of a model or an audio library is a stub that knows how long a file is.
Without, a restatement of them runs, with the lines that it restates. Each
sample: {file, seconds, caption, bpm, key, meter, lyrics}; what a trainer does
not read is missing.
"""

import ast
import builtins
import collections
import contextlib
import csv
import importlib.util
import json
import math
import os
import random
import re
import subprocess
import sys
import types
from pathlib import Path


# ---- how long a file is ----

def wav_seconds(data):
    at, rate = 12, 0
    while at + 8 <= len(data):
        name, size = data[at:at + 4], int.from_bytes(data[at + 4:at + 8], "little")
        if name == b"fmt ":
            rate = int.from_bytes(data[at + 16:at + 20], "little")
        if name == b"data":
            return size / rate
        at += 8 + size + size % 2
    raise ValueError("a WAV without samples")


def mp3_seconds(data):
    """Frames of MPEG-1 layer III, of which an Info or Xing frame is none."""
    rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    at = 0
    if data[:3] == b"ID3":
        at = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
    n = told = 0
    while at + 4 <= len(data) and data[at] == 0xff and data[at + 1] & 0xfe == 0xfa:
        hz = [44100, 48000, 32000][data[at + 2] >> 2 & 3]
        size = 144000 * rates[data[at + 2] >> 4] // hz + (data[at + 2] >> 1 & 1)
        head = data[at:at + 48]
        mark = max(head.find(b"Info"), head.find(b"Xing"))
        if n == 0 and not told and mark > 0:
            told = int.from_bytes(data[at + mark + 8:at + mark + 12], "big")
        else:
            n += 1
        at += size
    return (told or n) * 1152 / hz


def flac_seconds(data):
    """STREAMINFO: 20 bits of rate, 3 of channels, 5 of bits, 36 of samples."""
    told = int.from_bytes(data[18:26], "big")
    return (told & (1 << 36) - 1) / (told >> 44)


def ogg_seconds(data):
    """The last page's position, by the rate of the Vorbis header."""
    head, last = data.index(b"\1vorbis"), data.rindex(b"OggS")
    return int.from_bytes(data[last + 6:last + 14], "little") / int.from_bytes(data[head + 12:head + 16], "little")


def aiff_seconds(data):
    at = data.index(b"COMM")
    bits = int.from_bytes(data[at + 18:at + 26], "big")  # the mantissa of 80 bits
    rate = bits >> 63 - (int.from_bytes(data[at + 16:at + 18], "big") - 16383)
    return int.from_bytes(data[at + 10:at + 14], "big") / rate


def seconds(path):
    data = Path(path).read_bytes()
    of = {b"RIFF": wav_seconds, b"fLaC": flac_seconds, b"OggS": ogg_seconds, b"FORM": aiff_seconds}
    return of.get(data[:4], mp3_seconds)(data)


# ---- a trainer's own code, without what it imports ----

class Anything:
    """A module, a class, a function, whatever is asked of it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()

    def __getitem__(self, key):
        return Anything()

    def __setitem__(self, key, value):
        pass

    def __mro_entries__(self, bases):
        return ()


def pull(checkout, file, names, **given):
    """These top-level definitions and constants of a file, run with `given`
    for what it imports."""
    tree = ast.parse((Path(checkout) / file).read_text())
    module = types.ModuleType(file)
    sys.modules[file] = module  # where dataclasses look for it
    scope = vars(module)
    scope.update({"os": os, "re": re, "json": json, "csv": csv, "Path": Path,
                  "subprocess": types.SimpleNamespace(run=lambda *a, **k: None)}, **given)

    def named(node):
        if isinstance(node, ast.If):
            return [x for n in [*node.body, *node.orelse] for x in named(n)]
        if isinstance(node, ast.Assign):
            return [t.id for t in node.targets if isinstance(t, ast.Name)]
        return [getattr(node, "name", None)]

    wanted = [n for n in tree.body if set(named(n)) & set(names)]
    missing = set(names) - {x for n in wanted for x in named(n)}
    if missing:
        raise SystemExit(f"{file} of {checkout} has no {', '.join(sorted(missing))} any more: read it again")
    for node in (n for w in wanted for n in ast.walk(w)):
        if isinstance(node, ast.Name) and node.id not in names and not hasattr(builtins, node.id):
            scope.setdefault(node.id, Anything())
    future = ast.parse("from __future__ import annotations").body
    exec(compile(ast.Module(future + wanted, []), file, "exec"), scope)
    return types.SimpleNamespace(**{n: scope[n] for n in names})


def one_line(path):
    with open(path, encoding="utf-8") as f:
        return f.readline()


def files_of(folder, *endings):
    return sorted(str(p) for p in Path(folder).rglob("*") if p.suffix.lower() in endings)


# ---- sakemin/cog-musicgen-fine-tuner ----

class Segment:
    """pydub's, in milliseconds."""

    def __init__(self, ms):
        self.ms = ms

    @classmethod
    def from_file(cls, path):
        return cls(round(seconds(path) * 1000))

    def set_frame_rate(self, rate):
        return self

    def __len__(self):
        return self.ms

    def __getitem__(self, cut):
        return Segment(min(cut.stop, self.ms) - cut.start)

    def export(self, path, format):
        size = self.ms * 100 * 2 // 1000
        head = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0" + (100).to_bytes(4, "little")
        Path(path).write_bytes(head + (200).to_bytes(4, "little") + b"\2\0\x10\0data" + size.to_bytes(4, "little") + bytes(size))


def sakemin(folder, checkout):
    if checkout:
        found = types.ModuleType("audiocraft.data.audio_dataset")
        found.DEFAULT_EXTS = []
        found.find_audio_files = lambda path, *a, **k: [types.SimpleNamespace(path=p, sample_rate=44100, duration=seconds(p))
                                                         for p in files_of(path, ".wav", ".mp3", ".flac", ".ogg", ".m4a")]
        found.save_audio_meta = lambda *a: None
        pydub = types.ModuleType("pydub")
        pydub.AudioSegment = Segment
        data = types.ModuleType("audiocraft.data")
        data.audio_dataset = found
        craft = types.ModuleType("audiocraft")
        craft.data = data
        sys.modules.update({"pydub": pydub, "audiocraft": craft, "audiocraft.data": data, "audiocraft.data.audio_dataset": found})
        code = pull(checkout, "train.py", ["prepare_data"], tqdm=lambda x: x)
        meta = f"{folder}.meta"
        os.mkdir(meta)
        code.prepare_data(Path("x.zip"), target_path=folder, meta_path=meta, auto_labeling=False, drop_vocals=False)
        said = {p: json.loads(Path(p).with_suffix(".json").read_text())["description"] for p in files_of(folder, ".mp3", ".wav")}
    else:
        for name in os.listdir(folder):  # train.py:91-136; not below the top
            path = f"{folder}/{name}"
            if not name.endswith((".mp3", ".wav", ".flac", ".mp4")):
                continue
            audio = Segment.from_file(path)
            if len(audio) > 30000:
                for i in range(0, len(audio), 30000):
                    if len(audio[i:i + 30000]) > 5000:
                        audio[i:i + 30000].export(f"{path[:-4]}_chunk{i // 1000}.wav", "wav")
                os.remove(path)
        said = {}
        for path in files_of(folder, ".mp3", ".wav"):  # train.py:285-311
            stem = path.rsplit(".", 1)[0]
            beside = [p for p in (f"{stem}.txt", f"{path.rsplit('_chunk', 1)[0]}.txt") if os.path.exists(p)]
            said[path] = one_line(beside[0]) if beside else ""
    return [{"file": p, "seconds": seconds(p), "caption": c} for p, c in said.items()]


# ---- facebookresearch/audiocraft ----

def audiocraft(folder, checkout):
    if checkout:
        info = pull(checkout, "audiocraft/data/info_audio_dataset.py", ["get_keyword", "get_keyword_list", "get_string"],
                    math=__import__("math"))
        from dataclasses import dataclass, field, fields
        Audio = dataclass(type("AudioInfo", (), {}))
        code = pull(checkout, "audiocraft/data/music_dataset.py", ["MusicInfo", "get_musical_key", "get_bpm"],
                    dataclass=dataclass, field=field, fields=fields, AudioInfo=Audio, tp=__import__("typing"), **vars(info))
        read = lambda d: vars(code.MusicInfo.from_dict(d, fields_required=True))
    else:
        def read(d):  # music_dataset.py:92-113, 252-269: a missing key raises
            need = ("title", "artist", "key", "bpm", "genre", "moods", "description", "name", "instrument")
            got = {k: d[k] for k in need}
            got["key"] = None if not got["key"] or "," in got["key"] else got["key"].strip().lower()
            got["bpm"] = float(got["bpm"]) if got["bpm"] != "" else None
            return got
    out = []
    for table in sorted(Path(folder).rglob("data.jsonl")):
        for line in table.read_text().splitlines():
            meta = json.loads(line)  # audio_dataset.py:204-225, AudioMeta.from_dict
            # The paths are relative to where it runs, which is the zip's root.
            path = Path(folder) / meta["path"]
            got = read(json.loads(path.with_suffix(".json").read_text()))
            out.append({"file": str(path), "seconds": meta["duration"], "caption": got["description"],
                        "bpm": got["bpm"], "key": got["key"]})
    return out


# ---- Hugging Face datasets' audiofolder, and musicgen-dreamboothing ----

class Table:
    """What Arrow makes of lines of JSON: a type for each column."""

    def __init__(self, lines):
        self.rows = [json.loads(line) for line in lines.decode().splitlines() if line.strip()]
        self.schema = {}
        for name in {n: 0 for row in self.rows for n in row}:
            values = [v for v in (row.get(name) for row in self.rows) if v is not None]
            kinds = {type(v) for v in values}
            if kinds > {str} or (len(kinds) > 1 and kinds != {int, float}):
                raise SystemExit(f"Arrow: column {name} of several types: {kinds}")
            kind = "null" if not kinds else "double" if float in kinds else {bool: "bool", int: "int64", str: "string"}.get(kinds.pop(), "other")
            if kind == "string" and all(re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d(:\d\d){0,2}Z?)?", v) for v in values):
                kind = "timestamp"
            self.schema[name] = ("value", kind)

    def __len__(self):
        return len(self.rows)

    def to_pylist(self):
        return [{n: row.get(n) for n in self.schema} for row in self.rows]


def matching(folder, pattern):
    """As fsspec's glob from 2023.12 on: ** alone in its part is any depth."""
    glob = re.escape(pattern).replace(r"\[", "[").replace(r"\]", "]").replace(r"\-", "-").replace(r"\ ", " ")
    glob = glob.replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    glob = re.sub(r"\[([^]]*)\]", lambda m: "[" + m[1].replace("\\", "") + "]", glob)
    every = sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())
    return [p for p in every if re.fullmatch(glob, p)]


def audiofolder_files(folder, checkout):
    """{split: [paths]}, by the patterns that load_dataset tries in turn."""
    ignored = ["_is_inside_unrequested_special_dir", "_is_unrequested_hidden_file_or_is_inside_unrequested_hidden_dir"]
    code = pull(checkout, "src/datasets/data_files.py",
                ["SPLIT_PATTERN_SHARDED", "SPLIT_KEYWORDS", "NON_WORDS_CHARS", "KEYWORDS_IN_FILENAME_BASE_PATTERNS",
                 "KEYWORDS_IN_DIR_NAME_BASE_PATTERNS", "DEFAULT_SPLITS", "DEFAULT_PATTERNS_SPLIT_IN_FILENAME",
                 "DEFAULT_PATTERNS_SPLIT_IN_DIR_NAME", "DEFAULT_PATTERNS_ALL", "DEFAULT_PATTERNS_LOGS", "ALL_SPLIT_PATTERNS",
                 "ALL_DEFAULT_PATTERNS", "FILES_TO_IGNORE", "_get_data_files_patterns", *ignored],
                Split=types.SimpleNamespace(TRAIN="train", VALIDATION="validation", TEST="test"), PurePath=Path,
                config=types.SimpleNamespace(FSSPEC_VERSION=1), version=types.SimpleNamespace(parse=lambda text: 0))

    def resolve(pattern):  # resolve_pattern, whose own glob is fsspec's
        found = [p for p in matching(folder, pattern) if os.path.basename(p) not in code.FILES_TO_IGNORE and
                 not any(getattr(code, name)(p, pattern) for name in ignored)]
        if not found:
            raise FileNotFoundError(pattern)
        return found

    out = {}
    for split, patterns in code._get_data_files_patterns(resolve).items():
        files = {p for pattern in patterns for p in matching(folder, pattern) if p in resolve(pattern)}
        out[split] = [os.path.join(folder, p) for p in sorted(files)]
    return out


def audiofolder_rows(folder, checkout):
    class Features(dict):
        from_arrow_schema = classmethod(lambda cls, schema: cls(schema))

    class Audio:
        pass

    feature = types.SimpleNamespace(Value=lambda kind: ("value", kind), List=lambda of: ("list", of), Features=Features, Audio=Audio,
                                    SplitGenerator=lambda name, gen_kwargs: (name, gen_kwargs), GeneratorBasedBuilder=object)
    arrow = types.SimpleNamespace(read_json=lambda file, read_options: Table(file.read()), ReadOptions=lambda **k: None)
    extensions = pull(checkout, "src/datasets/packaged_modules/audiofolder/audiofolder.py", ["AUDIO_EXTENSIONS"]).AUDIO_EXTENSIONS
    code = pull(checkout, "src/datasets/packaged_modules/folder_based_builder/folder_based_builder.py",
                ["FolderBasedBuilder", "count_path_segments", "_nested_apply"],
                datasets=feature, paj=arrow, collections=collections, io=__import__("io"), itertools=__import__("itertools"),
                _visit=lambda features, of: of(features), Key=lambda *at: at,
                _visit_with_path=lambda features, of: [of(f, [n]) for n, f in features.items()])
    download = types.SimpleNamespace(download_config=types.SimpleNamespace(), download=lambda x: x, download_and_extract=lambda x: x)

    class Builder(code.FolderBasedBuilder):
        BASE_FEATURE, BASE_COLUMN_NAME, EXTENSIONS = Audio, "audio", extensions
        config = types.SimpleNamespace(data_files=audiofolder_files(folder, checkout), drop_labels=None, drop_metadata=None,
                                       metadata_filenames=None, filters=None, features=None)
        info = types.SimpleNamespace(features=None)

    builder = Builder()
    return [row for _, how in builder._split_generators(download) for _, row in builder._generate_examples(**how)]


def audiofolder(folder, checkout):
    if checkout:
        rows = audiofolder_rows(folder, checkout)
    else:
        rows, types_of = [], collections.defaultdict(set)
        for table in sorted(Path(folder).rglob("metadata.jsonl")):
            for line in table.read_text().splitlines():
                row = json.loads(line)  # folder_based_builder.py: relative to the metadata's folder
                for name, value in row.items():
                    types_of[name].add(type(value).__name__)
                rows.append({**row, "audio": str(table.parent / row["file_name"])})
        mixed = {n: t for n, t in types_of.items() if len(t) > 1}
        if mixed:
            raise SystemExit(f"Arrow: columns of several types: {mixed}")
    out = [{"file": row["audio"], "seconds": seconds(row["audio"]), "caption": row["text"],
            "bpm": float(row["bpm"]) if row["bpm"] else None, "key": row["key"]} for row in rows]
    return [s for s in out if s["seconds"] < 30]  # dreambooth_musicgen.py:833-838


# ---- ACE-Step 1.5: the builder's folder scan, its dataset.json, Side-Step ----

def ace_scan(folder, checkout):
    if checkout:
        base = "acestep/training/dataset_builder_modules/"
        from dataclasses import asdict, dataclass
        models = pull(checkout, base + "models.py", ["AudioSample", "DatasetMetadata", "SUPPORTED_AUDIO_FORMATS"],
                      dataclass=dataclass, asdict=asdict, uuid=__import__("uuid"), datetime=__import__("datetime").datetime)
        io = pull(checkout, base + "audio_io.py", ["load_lyrics_file"])
        table = pull(checkout, base + "csv_metadata.py", ["load_csv_metadata"])
        code = pull(checkout, base + "scan.py", ["ScanMixin"], get_audio_duration=seconds, **vars(models), **vars(io), **vars(table))
        builder = code.ScanMixin()
        builder.metadata = models.DatasetMetadata()
        samples, _ = builder.scan_directory(folder)
        return [{"file": s.audio_path, "seconds": s.duration, "caption": s.caption, "bpm": s.bpm, "key": s.keyscale} for s in samples]
    rows = {}  # csv_metadata.py:8-77
    for path in Path(folder).glob("*.csv"):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            rows[row["file"].strip()] = row
    out = []
    for path in files_of(folder, ".wav", ".mp3", ".flac", ".ogg", ".opus"):  # scan.py:24-75, models.py:11
        row = rows.get(os.path.basename(path), {})
        out.append({"file": path, "seconds": seconds(path), "caption": row.get("caption", ""),
                    "bpm": int(float(row["bpm"])) if row.get("bpm") else None, "key": row.get("key", "")})
    return out


def ace_samples(folder, load):
    """dataset.json, whose audio_path is relative to it."""
    return [{"file": os.path.join(folder, s["audio_path"]), "seconds": s["duration"], "caption": s["caption"], "bpm": s["bpm"],
             "key": s["keyscale"], "meter": s["timesignature"], "lyrics": s["lyrics"]} for s in load(os.path.join(folder, "dataset.json"))]


def ace_json(folder, checkout):
    if not checkout:  # serialization.py:41-67
        return ace_samples(folder, lambda p: json.loads(Path(p).read_text())["samples"])
    base = "acestep/training/dataset_builder_modules/"
    from dataclasses import asdict, dataclass
    models = pull(checkout, base + "models.py", ["AudioSample", "DatasetMetadata"],
                  dataclass=dataclass, asdict=asdict, uuid=__import__("uuid"), datetime=__import__("datetime").datetime)
    code = pull(checkout, base + "serialization.py", ["SerializationMixin"], **vars(models))
    return ace_samples(folder, lambda p: [vars(s) for s in code.SerializationMixin().load_dataset(p)[0]])


def side_step(folder, checkout):
    whole = os.path.join(folder, "dataset.json")
    if checkout:
        code = pull(checkout, "sidestep_engine/data/preprocess_discovery.py", ["discover_audio_files", "load_sample_metadata"],
                    AUDIO_EXTENSIONS={".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a"})
        paths = code.discover_audio_files(None, whole)
        meta = code.load_sample_metadata(whole, paths)
    else:  # preprocess_discovery.py:22-66, 100-135
        samples = json.loads(Path(whole).read_text())["samples"]
        paths = [p for p in (Path(folder) / s["audio_path"] for s in samples) if p.is_file()]
        meta = {s["filename"]: s for s in samples}
    return [{"file": str(p), "seconds": seconds(p), "caption": meta[p.name]["caption"], "bpm": meta[p.name]["bpm"],
             "key": meta[p.name]["keyscale"], "meter": meta[p.name]["timesignature"]} for p in paths]


# ---- ostris/ai-toolkit ----

class Told(Exception):
    """What a model is told; nothing behind it runs."""


class Settings(Anything):
    """A configuration of which only this is set."""

    def __init__(self, **given):
        vars(self).update(given)


def ai_toolkit_own(folder, checkout):
    words = pull(checkout, "toolkit/prompt_utils.py", ["inject_trigger_into_prompt"])
    captions = pull(checkout, "toolkit/dataloader_mixins.py", ["CaptionProcessingDTOMixin", "clean_caption"], random=random, **vars(words))
    config = Settings(folder_path=folder, dataset_path=None, num_frames=1, auto_frame_count=False, num_repeats=1, controls=[], flip_x=False,
                      flip_y=False, caption_ext=".txt", default_caption=None, caption_dropout_rate=0, token_dropout_rate=0,
                      shuffle_tokens=False, random_triggers=None, use_short_captions=False, diff_output_preservation=False)

    class Item(captions.CaptionProcessingDTOMixin):
        def __init__(self, path, **given):
            self.path, self.dataset_config, self.is_reg = path, config, False
            self.raw_caption = self.raw_caption_short = self.trigger_word = None

    base = pull(checkout, "toolkit/data_loader.py", ["AiToolkitDataset", "audio_extensions"], tqdm=lambda x: x, FileItemDTO=Item)
    base.AiToolkitDataset.setup_epoch = lambda self: None
    found = base.AiToolkitDataset(config, sd=Settings(is_audio_model=True))
    ace = pull(checkout, "extensions_built_in/audio_models/ace_step/ace_step_15_model.py", ["to_number", "parse_ace_step_caption", "AceStep15Model"])
    model = ace.AceStep15Model.__new__(ace.AceStep15Model)

    def tell(caption, lyrics, bpm, key, meter, duration, language):
        raise Told(caption, lyrics, bpm, key, meter, duration)

    pipeline = Settings(get_text_embedings=tell)
    vars(model).update(pipeline=pipeline, text_encoder=Anything(), model=Anything())
    for item in sorted(found.file_list, key=lambda i: i.path):
        item.load_caption()
        try:
            model.get_prompt_embeds(item.caption)
        except Told as told:
            yield item.path, *told.args


def ai_toolkit_restated(folder):
    for path in files_of(folder, ".mp3", ".wav", ".flac", ".aac", ".ogg", ".m4a"):  # data_loader.py:41, 438-441
        text = Path(path).with_suffix(".txt").read_text(encoding="utf-8")
        text = ", ".join(text.split(","))  # dataloader_mixins.py:413-438

        def tag(name):  # ace_step_15_model.py:49-65
            found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
            return found.group(1).strip() if found else ""
        # 196-203: of what was parsed it asks for "key" and "time_sig", which are not there.
        yield path, tag("CAPTION"), tag("LYRICS"), float(tag("BPM") or 120), "C", "4/4", int(float(tag("DURATION") or 1))


def ai_toolkit(folder, checkout):
    out = []
    for path, caption, lyrics, bpm, key, meter, duration in (ai_toolkit_own(folder, checkout) if checkout else ai_toolkit_restated(folder)):
        read = {} if (key, meter) == ("C", "4/4") else {"key": key, "meter": meter}
        out.append({"file": path, "seconds": duration, "caption": caption, "bpm": bpm, "lyrics": lyrics, **read})
    return out


# ---- bghira/SimpleTuner ----

def simpletuner_own(folder, checkout):
    base = "simpletuner/helpers/"
    names = pull(checkout, base + "training/__init__.py", ["audio_file_extensions"]).audio_file_extensions
    disk = pull(checkout, base + "data_backend/local.py", ["LocalDataBackend"]).LocalDataBackend
    disk = disk.__new__(disk)
    prompts = pull(checkout, base + "prompts.py", ["PromptHandler"]).PromptHandler
    lyrics = pull(checkout, base + "metadata/backends/base.py", ["MetadataBackend"]).MetadataBackend._discover_audio_lyrics
    told = re.search(r'default_lyrics_format = "(.*)"', (Path(checkout) / base / "data_backend/factory.py").read_text())
    backend = types.SimpleNamespace(id="x", audio_lyrics_format=told[1], audio_lyrics_extension=None, audio_lyrics_suffix=None)
    for _, _, paths in disk.list_files(names, folder):
        for path in sorted(paths):
            yield path, prompts.prepare_instance_prompt_from_textfile(path, True, False, disk), lyrics(backend, path) or ""


def simpletuner_restated(folder):
    for path in files_of(folder, ".mp3", ".wav", ".flac", ".ogg", ".aiff", ".opus"):  # training/__init__.py:64-86
        text = Path(path).with_suffix(".txt").read_text(encoding="utf-8")  # prompts.py:397-430
        lines = [line for line in text.split("\n") if line]
        lyrics = Path(path).with_suffix(".lyrics")  # data_backend/factory.py:784-797, metadata/backends/base.py:1607-1668
        yield path, lines if "\n" in text else text, lyrics.read_text(encoding="utf-8").strip() if lyrics.exists() else ""


def simpletuner(folder, checkout):
    out = []
    for path, said, lyrics in simpletuner_own(folder, checkout) if checkout else simpletuner_restated(folder):
        # Of several lines it takes one at random.
        said = said[0] if isinstance(said, list) and len(said) == 1 else said
        out.append({"file": path, "seconds": seconds(path), "caption": said if isinstance(said, str) else json.dumps(said), "lyrics": lyrics})
    return out


# ---- Stability-AI: stable-audio-3's train_lora.py, stable-audio-tools with our module ----

def stable_files(folder, checkout, file):
    if checkout:
        code = pull(checkout, file, ["fast_scandir", "keyword_scandir", "get_audio_filenames"])
        return sorted(code.get_audio_filenames(folder))
    return files_of(folder, ".wav", ".mp3", ".flac", ".ogg", ".aif", ".opus")  # dataset.py:88-116


def stable_audio(folder, checkout):
    if checkout:
        say = pull(checkout, "scripts/train_lora.py", ["caption_metadata_fn"]).caption_metadata_fn
    else:
        def say(info, audio):  # train_lora.py:74-78
            text = Path(info["path"]).with_suffix(".txt")
            return {"prompt": text.read_text().strip()} if text.exists() else {"__reject__": True}
    out = []
    for path in stable_files(folder, checkout, "stable_audio_3/data/dataset.py"):
        got = say({"path": path}, None)
        if not got.get("__reject__"):
            out.append({"file": path, "seconds": seconds(path), "caption": got["prompt"]})
    return out


class Sound(Anything):
    """A tensor of so many seconds, of which only the shape is asked for."""

    def __init__(self, seconds, rate):
        self.shape = (2, round(seconds * rate))


CROP_SEC, RATE = 8, 1000  # a thousand samples a second are enough to count


def stable_tools(folder, checkout):
    """stable-audio-tools with the zip's module: random crops, each captioned."""
    if checkout:
        code = pull(checkout, "stable_audio_tools/data/utils.py", ["PadCrop_Normalized_T"], math=math, random=random)
        cut = code.PadCrop_Normalized_T(CROP_SEC * RATE, RATE, randomize=True)
    else:
        def cut(sound):  # data/utils.py:35-52
            n = sound.shape[1]
            bound = max(0, n - CROP_SEC * RATE)
            at = random.randint(0, bound) if bound else 0
            whole = bound + CROP_SEC * RATE
            return None, at / whole, (at + CROP_SEC * RATE) / whole, at // RATE, math.ceil(n / RATE), None
    spec = importlib.util.spec_from_file_location("metadata_module", os.path.join(folder, "trainmode_metadata.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    random.seed(1)
    out = []
    for path in stable_files(folder, checkout, "stable_audio_tools/data/dataset.py"):
        crops, total = [], seconds(path)
        for _ in range(40):  # dataset.py:199-243
            _, start, end, seconds_start, seconds_total, _ = cut(Sound(total, RATE))
            info = {"path": path, "timestamps": (start, end), "seconds_start": seconds_start, "seconds_total": seconds_total}
            got = module.get_custom_metadata(info, None)
            if not got.get("__reject__"):
                crops.append([start * total, end * total, got["prompt"]])
        whole = module.get_custom_metadata({"path": path}, None)
        out.append({"file": path, "seconds": total, "caption": whole["prompt"], "crops": crops})
    return out


TRAINERS = {
    "cog-musicgen-fine-tuner": sakemin, "audiocraft": audiocraft, "audiofolder": audiofolder, "ace-step-scan": ace_scan,
    "ace-step-json": ace_json, "Side-Step": side_step, "ai-toolkit": ai_toolkit, "SimpleTuner": simpletuner, "stable-audio-3": stable_audio,
    "stable-audio-tools": stable_tools,
}

if __name__ == "__main__":
    trainer, folder = sys.argv[1:3]
    with contextlib.redirect_stdout(sys.stderr):  # trainers talk
        samples = TRAINERS[trainer](folder, sys.argv[3] if len(sys.argv) > 3 else None)
    for sample in samples:
        print(json.dumps({**sample, "file": os.path.relpath(sample["file"], folder)}))
