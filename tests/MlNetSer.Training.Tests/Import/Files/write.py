"""Writes the checkpoints beside it, with PyTorch 1.13 (Debian's python3-torch)."""
from collections import OrderedDict

import torch

grid = torch.arange(24, dtype=torch.float32).reshape(4, 6)
state = OrderedDict([
    ("grid", grid),
    ("transposed", grid.t()),
    ("strided", grid[1:3, ::2]),
    ("half", torch.tensor([1.5, -2.25]).half()),
    ("bfloat16", torch.tensor([1.5, -3.0]).bfloat16()),
    ("double", torch.tensor(0.1, dtype=torch.float64)),
    ("int64", torch.tensor(-7)),
    ("int32", torch.tensor([-3, 70000], dtype=torch.int32)),
    ("int16", torch.tensor([-3, 500], dtype=torch.int16)),
    ("int8", torch.tensor([-3, 5], dtype=torch.int8)),
    ("uint8", torch.tensor([200, 5], dtype=torch.uint8)),
    ("bool", torch.tensor([True, False])),
    ("empty", torch.zeros(0, 3)),
    ("parameter", torch.nn.Parameter(torch.ones(2))),
])
state._metadata = OrderedDict([("", {"version": 1})])
training = {
    "epoch": 3, "accuracy": 0.5, "best": None, "done": True, "name": "vgg", "shape": grid.shape,
    "state_dict": state,
    "optimizer": {"state": {0: {"momentum_buffer": torch.full((3,), 2.0)}}, "param_groups": [{"lr": 0.1, "params": [0, 1]}]},
}
torch.save(state, "state-zip.pt")
torch.save(state, "state-legacy.pt", _use_new_zipfile_serialization=False)
torch.save(training, "training-zip-protocol4.pt", pickle_protocol=4)
torch.save(training, "training-legacy-protocol4.pt", pickle_protocol=4, _use_new_zipfile_serialization=False)
