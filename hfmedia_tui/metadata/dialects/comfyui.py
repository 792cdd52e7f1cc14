"""ComfyUI: the graph of nodes that made the file, followed from its sampler back to what was typed.

`prompt` holds the graph as it was run, `workflow` as it was drawn; the second is read where the first is missing.
https://docs.comfy.org/specs/workflow_json and
https://github.com/comfyanonymous/ComfyUI/blob/master/comfy_extras/nodes_images.py
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from hfmedia_tui.domain import Task
from hfmedia_tui.metadata.dialects.json_texts import json_object
from hfmedia_tui.metadata.formats.exif import USER_COMMENT
from hfmedia_tui.metadata.recipe import Recipe, make_recipe

__all__ = ['read']

_MOST_NODES: Final = 2_000
_FARTHEST: Final = 200
"""Nodes that are passed on the way from the sampler, however they are linked."""
_TEXT_INPUTS: Final = (
    'text',
    'text_g',
    't5xxl',
    'clip_l',
    'prompt',
    'string',
    'value',
    'populated_text',
    'wildcard_text',
)
_LATENT_INPUTS: Final = ('latent_image', 'latent', 'samples')
_MODEL_INPUTS: Final = ('unet_name', 'ckpt_name', 'model_name', 'model')
_OUTPUTS: Final = ('Save', 'Combine', 'Preview')
"""What the kinds of nodes are called that save, or show."""
_MOST_RESULTS: Final = 20
_WIDGETS: Final[Mapping[str, tuple[str, ...]]] = {
    'KSampler': ('seed', '', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'),
    'KSamplerAdvanced': ('add_noise', 'noise_seed', '', 'steps', 'cfg', 'sampler_name', 'scheduler'),
    'RandomNoise': ('noise_seed',),
    'BasicScheduler': ('scheduler', 'steps', 'denoise'),
    'KSamplerSelect': ('sampler_name',),
    'CFGGuider': ('cfg',),
    'FluxGuidance': ('guidance',),
    'CLIPTextEncode': ('text',),
    'CheckpointLoaderSimple': ('ckpt_name',),
    'UNETLoader': ('unet_name',),
    'LoraLoader': ('lora_name', 'strength_model'),
    'LoraLoaderModelOnly': ('lora_name', 'strength_model'),
    'EmptyLatentImage': ('width', 'height'),
    'EmptySD3LatentImage': ('width', 'height'),
    'EmptyHunyuanLatentVideo': ('width', 'height', 'length'),
    'PrimitiveNode': ('value',),
}
"""What the values of a drawn node are called, in their order, for the nodes that most graphs are made of."""

_Node = Mapping[str, Any]
_Graph = Mapping[str, _Node]


def read(texts: Mapping[str, str]) -> Recipe | None:
    graph = _graph(texts)
    if not graph:
        return None
    samplers = [node for node in graph.values() if _is_sampler(node)]
    if not samplers:
        return make_recipe('ComfyUI', others={'Graph': 'it has no sampler that is known'})
    behind = list(_upstream(graph, _last_sampler(graph) or samplers[0]))
    positive, negative = _conditioning(graph, behind)
    noisy = [node for node in behind if node.get('add_noise') not in ('disable', False)]
    size = next((node for node in (*_latents(graph, behind[0]), *behind) if _has_size(graph, node)), {})
    model = next((value for node in behind for name in _MODEL_INPUTS if isinstance(value := node.get(name), str)), None)
    others: dict[str, object] = {
        'Sampler': _first(behind, 'sampler_name'),
        'Scheduler': _first(behind, 'scheduler'),
        'Denoise': _first(behind, 'denoise'),
    }
    if len(samplers) > 1:
        others['Samplers'] = len(samplers)
    loras = [node['lora_name'] for node in behind if isinstance(node.get('lora_name'), str)]
    others |= {f'LoRA {number}' if number > 1 else 'LoRA': name for number, name in enumerate(loras, start=1)}
    guidance, frames = _first(behind, 'guidance'), _value(graph, size, 'length')
    return make_recipe(
        'ComfyUI',
        prompt=_text(graph, positive, without='negative'),
        task=None if frames in (None, 1) else Task.TEXT_TO_VIDEO,
        model=model,
        seed=_first_of(graph, noisy, 'seed', 'noise_seed'),
        parameters={
            'negative_prompt': _text(graph, negative, without='positive'),
            'width': _value(graph, size, 'width'),
            'height': _value(graph, size, 'height'),
            'num_inference_steps': _first_of(graph, behind, 'steps'),
            'guidance_scale': _first_of(graph, behind, 'cfg') if guidance is None else guidance,
            'num_frames': frames,
        },
        others=others,
    )


# ---------------------------------------------------------------------------------------------- the graph


def _graph(texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Inputs of each node by its number, with its kind as `class_type`; a link is a list of number and slot."""
    comments = [json_object(texts.get(place)) or {} for place in ('comment', USER_COMMENT)]
    for name, read_graph in (('prompt', _run), ('workflow', _drawn)):
        said = [comment.get(name) for comment in comments]
        places = (texts.get(name), *_exif_texts(texts, name), *(one for one in said if isinstance(one, str)))
        wholes = [json_object(place) for place in places] + [one for one in said if isinstance(one, dict)]
        for whole in (*wholes, *comments):
            if whole and (graph := read_graph(whole)):
                return graph
    return {}


def _exif_texts(texts: Mapping[str, str], name: str) -> Iterator[str]:
    """What tags of EXIF hold as `prompt:{…}`, which is how WebP carries it."""
    for tag in ('exif:Model', 'exif:Make', 'exif:ImageDescription', 'exif:UserComment'):
        text = texts.get(tag, '')
        if text.lower().startswith(f'{name}:'):
            yield text[len(name) + 1 :]


def _run(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = list(whole.items())[:_MOST_NODES]
    return {
        number: {**node['inputs'], 'class_type': node['class_type']}
        for number, node in nodes
        if isinstance(node, dict) and isinstance(node.get('inputs'), dict) and isinstance(node.get('class_type'), str)
    }


def _drawn(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    links = whole.get('links')
    sources = {
        link[0]: [str(link[1]), link[2]]
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, list) and len(link) >= 3 and isinstance(link[0], int)
    }
    nodes = whole.get('nodes')
    graph = dict[str, dict[str, Any]]()
    for node in (nodes if isinstance(nodes, list) else [])[:_MOST_NODES]:
        if not isinstance(node, dict) or not isinstance(node.get('type'), str):
            continue
        values, plugs = node.get('widgets_values'), node.get('inputs')
        inputs: dict[str, Any] = {'class_type': node['type']}
        if isinstance(values, dict):
            inputs = {**values, **inputs}
        elif isinstance(values, list):
            named = zip(_WIDGETS.get(node['type'], ()), values, strict=False)
            inputs |= {name: value for name, value in named if name}
        for plug in plugs if isinstance(plugs, list) else []:
            if isinstance(plug, dict) and isinstance(plug.get('name'), str) and isinstance(plug.get('link'), int):
                source = sources.get(plug['link'])
                if source is not None:
                    inputs[plug['name']] = source
        graph[str(node.get('id'))] = inputs
    return graph


def _is_sampler(node: _Node) -> bool:
    kind = node['class_type']
    return ('Sampler' in kind and {*_LATENT_INPUTS, 'positive'} & node.keys() != set()) or (
        {'positive', 'negative', 'steps'} <= node.keys()
    )


def _last_sampler(graph: _Graph) -> _Node | None:
    """The sampler that is nearest to what is saved, or shown: to the result that most samplers made."""
    for word in _OUTPUTS:
        results = islice((node for node in graph.values() if word in node['class_type']), _MOST_RESULTS)
        chains = [list(filter(_is_sampler, _upstream(graph, result))) for result in results]
        if longest := max(chains, key=len, default=[]):
            return longest[0]
    return None


def _upstream(graph: _Graph, start: _Node, without: str = '') -> Iterator[_Node]:
    """The node and those that feed it, nearest first, each once.

    Of a node that passes both prompts on, what feeds the one called `without` is passed over.
    """
    waiting, seen = [start], {id(start)}
    passed = 0
    while waiting and passed < _FARTHEST:
        node = waiting.pop(0)
        passed += 1
        yield node
        for source in _feeding(graph, node, without):
            if id(source) not in seen:
                seen.add(id(source))
                waiting.append(source)


def _feeding(graph: _Graph, node: _Node, without: str) -> Iterator[_Node]:
    if node['class_type'] == 'ConditioningZeroOut':  # nothing is left of what goes in
        return
    passes_both = {'positive', 'negative'} <= node.keys()
    for name, value in node.items():
        source = _source(graph, value)
        if source is not None and not (passes_both and name == without):
            yield source


def _source(graph: _Graph, value: object) -> _Node | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
        return graph.get(str(value[0]))
    return None


def _conditioning(graph: _Graph, behind: list[_Node]) -> tuple[_Node | None, _Node | None]:
    """The nodes from which the positive and the negative prompt come."""
    for node in behind:
        positive = _source(graph, node.get('positive')) or _source(graph, node.get('conditioning'))
        if positive is not None:
            return positive, _source(graph, node.get('negative'))
    return None, None


def _latents(graph: _Graph, sampler: _Node) -> Iterator[_Node]:
    """What the sampler began with, nearest first."""
    for name in _LATENT_INPUTS:
        if (source := _source(graph, sampler.get(name))) is not None:
            yield from _upstream(graph, source)


def _text(graph: _Graph, conditioning: _Node | None, *, without: str) -> str:
    """The text that a conditioning was made from: the nearest that was typed, never what is called `without`."""
    if conditioning is None:
        return ''
    for node in _upstream(graph, conditioning, without):
        inputs = {name.lower(): value for name, value in node.items()}
        for name in _TEXT_INPUTS:
            if isinstance(text := inputs.get(name), str) and text.strip():
                return text
    return ''


def _has_size(graph: _Graph, node: _Node) -> bool:
    return all(isinstance(_value(graph, node, side), int | float) for side in ('width', 'height'))


def _value(graph: _Graph, node: _Node, name: str) -> object:
    """A value of a node, through the nodes from which it is linked."""
    value = node.get(name)
    for _ in range(_FARTHEST):
        source = _source(graph, value)
        if source is None:
            break
        value = next(
            (
                found
                for key in (name, 'value', 'seed', 'noise_seed', 'int', 'float')
                if (found := source.get(key)) is not None
            ),
            None,
        )
    return None if isinstance(value, list | dict) else value


def _first(behind: list[_Node], name: str) -> object:
    return next((value for node in behind if isinstance(value := node.get(name), str | int | float)), None)


def _first_of(graph: _Graph, behind: list[_Node], *names: str) -> object:
    values = (_value(graph, node, name) for node in behind for name in names if name in node)
    return next((value for value in values if value is not None), None)
