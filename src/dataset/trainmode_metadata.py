"""The caption of whatever stretch a trainer crops out of a track.

stable-audio-tools: name this file as `custom_metadata_module` of the dataset.
stable-audio-3: hand get_custom_metadata over as `custom_metadata_fn` of its
LocalDatasetConfig, in place of the one in scripts/train_lora.py.
"""

import json
from pathlib import Path


def get_custom_metadata(info, audio):
    path = Path(info["path"]).with_suffix(".timeline.json")
    if not path.exists():
        return {"__reject__": True}
    timeline = json.loads(path.read_text(encoding="utf-8"))
    # Fractions of the file; of one that is shorter than a crop, 0 and 1.
    start, end = (t * timeline["seconds_total"] for t in info.get("timestamps", (0, 1)))

    def shared(entry):
        return min(end, entry["end"]) - max(start, entry["start"])

    best = max(timeline["captions"], key=shared)
    return {"prompt": best["prompt"] if shared(best) > 0 else timeline["prompt"]}
