"""The 80 things that detectors trained on COCO know, under the numbers of COCO (Lin et al., 2014)."""

_UNUSED = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
_NAMES = """
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv,
laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase,
scissors, teddy bear, hair drier, toothbrush
"""
LABELS: dict[int, str] = dict(
    zip(
        (number for number in range(1, 91) if number not in _UNUSED),
        (name.strip() for name in _NAMES.split(",")),
        strict=True,
    )
)
"""Number -> name."""
PERSON = 1
"""The number of persons, which are a kind of region of their own."""
