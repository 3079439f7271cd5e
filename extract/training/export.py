"""Writes a fine-tuned network into the package: the body as an ONNX graph with 8-bit weights, the rest as arrays."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from extract.training.base import Base, Vocabulary
from extract.training.encoder import Network

OPSET = 20


def write_encoder(network: Network, base: Base, vocabulary: Vocabulary, folder: Path) -> None:
    """Write ``encoder.onnx``, ``encoder.npz`` and ``tokenizer.json`` into ``folder``."""
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        onnx.save(graph(network, base), whole)
        # 7 of 8 bits: on processors without VNNI the sums of 8-bit products would overflow their 16 bits.
        quantize_dynamic(
            whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
    places = (network.places + network.kind).detach().numpy()
    heads = {
        name.removeprefix("heads."): tensor.detach().numpy().astype(np.float16)
        for name, tensor in network.state_dict().items()
        if name.startswith("heads.")
    }
    words = base.words[np.asarray(vocabulary.kept)]
    np.savez_compressed(folder / "encoder.npz", words=words, places=places.astype(np.float16), **heads)
    (folder / "tokenizer.json").write_text(json.dumps(vocabulary.spec, ensure_ascii=False), encoding="utf-8")


def graph(network: Network, base: Base) -> onnx.ModelProto:
    """Give the body as a graph: ``x``, embeddings [1, pieces, hidden], to ``states`` of the same shape."""
    made = _Graph(base)
    x = made.norm("x", network.norm)
    for layer in network.layers:
        x = made.layer(x, layer)
    made.add("Identity", [x], "states")
    shape = [1, None, base.hidden]
    body = helper.make_graph(
        made.nodes,
        "encoder",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)],
        made.constants,
    )
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    return model


class _Graph:
    def __init__(self, base: Base) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._hidden, self._heads, self._epsilon = base.hidden, base.heads, base.epsilon
        self._count = 0

    def add(self, kind: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        self._count += 1
        name = output or f"t{self._count}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values: npt.NDArray[Any]) -> str:
        self._count += 1
        name = f"c{self._count}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def norm(self, x: str, module: Any) -> str:
        scale, shift = self.constant(_array(module.weight)), self.constant(_array(module.bias))
        return self.add("LayerNormalization", [x, scale, shift], axis=-1, epsilon=self._epsilon)

    def linear(self, x: str, module: Any) -> str:
        product = self.add("MatMul", [x, self.constant(_array(module.weight).T)])
        return self.add("Add", [product, self.constant(_array(module.bias))])

    def layer(self, x: str, layer: Any) -> str:
        width = self._hidden // self._heads
        split = self.constant(np.array([0, 0, self._heads, width], np.int64))
        queries, keys, values = (self.add("Reshape", [self.linear(x, getattr(layer, p)), split]) for p in "qkv")
        queries = self.add("Transpose", [queries], perm=[0, 2, 1, 3])
        keys = self.add("Transpose", [keys], perm=[0, 2, 3, 1])
        values = self.add("Transpose", [values], perm=[0, 2, 1, 3])
        scaled = self.add("Mul", [queries, self.constant(np.array(width**-0.5, np.float32))])
        weights = self.add("Softmax", [self.add("MatMul", [scaled, keys])], axis=-1)
        mixed = self.add("Transpose", [self.add("MatMul", [weights, values])], perm=[0, 2, 1, 3])
        joined = self.add("Reshape", [mixed, self.constant(np.array([0, 0, self._hidden], np.int64))])
        x = self.norm(self.add("Add", [x, self.linear(joined, layer.ao)]), layer.aln)
        inner = self.add("Gelu", [self.linear(x, layer.fi)])
        return self.norm(self.add("Add", [x, self.linear(inner, layer.fo)]), layer.oln)


def _array(tensor: Any) -> npt.NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy(), np.float32)
