"""The page's own network and its input agree with the service's."""

import numpy as np
import pytest

from numerals.ink import to_mnist
from numerals.models import load_model, model_path
from numerals.synthesis.font_glyphs import load_font_glyphs

pytest.importorskip("playwright.sync_api", reason="needs playwright")

RUN = """async ({script, images, pair}) => {
  const {Ensemble} = await import("/static/js/draw/inside/network.js");
  const model = new Ensemble(await (await fetch(`v1/layers?script=${script}`)).json());
  return images.map((image) => {
    const state = model.forward(Uint8Array.from(image));
    const gradient = pair ? model.contrast(state, ...pair) : [];
    return {proba: [...state.probabilities], gradient: [...gradient]};
  });
}"""
PREPARE = """async (drawings) => {
  const {renderDigitPixels} = await import("/static/js/draw/raster.js");
  const {toModelInput} = await import("/static/js/draw/inside/model-input.js");
  return drawings.map((strokes) => {
    const {pixels, side} = renderDigitPixels(strokes);
    return {pixels: [...pixels], side, input: [...toModelInput(pixels, side)]};
  });
}"""
CHANGE = """async ({image, target}) => {
  const {Ensemble} = await import("/static/js/draw/inside/network.js");
  const {findChange} = await import("/static/js/draw/inside/changes.js");
  const model = new Ensemble(await (await fetch("v1/layers")).json());
  const change = await findChange(model, Uint8Array.from(image), target, async () => false);
  return {...change, image: [...change.image], probabilities: [...change.probabilities]};
}"""


COUNT_UPDATES = """async (intervals) => {
  const {Pace} = await import("/static/js/draw/inside/pace.js");
  const pace = new Pace();
  let at = 0;
  return intervals.filter((interval) => pace.isDue((at += interval))).length;
}"""


def digit_images(text):
    glyphs, characters = load_font_glyphs()
    return np.stack([glyphs[40, characters.index(c)] for c in text])


def as_lists(images):
    return images.reshape(len(images), -1).tolist()


@pytest.mark.parametrize("script", ["latin", "kannada"])
def test_probabilities_are_those_of_the_model(open_page, script):
    images = digit_images("0123456789")
    runs = open_page().evaluate(RUN, {"script": script, "images": as_lists(images), "pair": None})
    proba = load_model(script).predict_proba(images)
    for run, expected in zip(runs, proba, strict=True):
        np.testing.assert_allclose(run["proba"][:10], expected, atol=1e-4)
        assert abs(sum(run["proba"]) - 1) < 1e-5


def test_gradient_is_that_of_torch(open_page):
    torch = pytest.importorskip("torch", reason="needs numerals[lab]")
    from numerals.networks.from_onnx import read_digit_nets

    images = digit_images("47")
    asked = {"script": "latin", "images": as_lists(images), "pair": [4, 9]}
    networks, temperature = read_digit_nets(model_path("latin"))
    for run, image in zip(open_page().evaluate(RUN, asked), images, strict=True):
        pixels = torch.tensor(image[None, None], dtype=torch.float32, requires_grad=True)
        outputs = [network(pixels / 255) / temperature for network in networks]
        proba = torch.stack([torch.softmax(each, dim=1)[0] for each in outputs]).mean(dim=0)
        (torch.log(proba[4]) - torch.log(proba[9])).backward()
        expected = pixels.grad.numpy().reshape(-1)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(run["gradient"], expected, atol=1e-3 * scale)


def test_input_is_that_of_the_service(open_page):
    rng = np.random.default_rng(0)
    walks = rng.normal(0, 0.08, (30, 12, 2)).cumsum(axis=1) + 0.5
    drawings = [[[{"x": x, "y": y, "pressure": 0.5} for x, y in walk]] for walk in walks.tolist()]
    dot = [[{"x": 0.5, "y": 0.5, "pressure": 0.5}]]
    for prepared in open_page().evaluate(PREPARE, [*drawings, dot]):
        side = prepared["side"]
        expected = to_mnist(np.array(prepared["pixels"], np.uint8).reshape(side, side))
        difference = np.array(prepared["input"]).reshape(28, 28) - expected.astype(int)
        assert np.abs(difference).max() <= 1  # gray levels; OpenCV rounds in other places


def test_found_change_changes_the_answer_of_the_model(open_page):
    (image,) = digit_images("1")
    change = open_page().evaluate(CHANGE, {"image": image.reshape(-1).tolist(), "target": 4})
    assert change["isChanged"] and 1 <= change["nStrokes"] <= 12
    changed = np.array(change["image"], np.uint8).reshape(1, 28, 28)
    assert load_model().predict_proba(changed)[0].argmax() == 4


def test_panel_gives_way_while_frames_are_late(open_page):
    page = open_page()
    in_time, late = [16.7] * 100, [50] * 100
    assert page.evaluate(COUNT_UPDATES, in_time) == 100
    assert page.evaluate(COUNT_UPDATES, late) < 20
    recovered = page.evaluate(COUNT_UPDATES, late + in_time * 5)
    assert recovered > 200
    assert page.evaluate(COUNT_UPDATES, [1000] * 10) == 10  # pauses between strokes
