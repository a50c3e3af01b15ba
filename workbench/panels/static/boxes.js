// Boxes over pictures: a drawing of the picture's own shape, which fits into a frame as `object-fit: contain` fits the picture.

const SVG = "http://www.w3.org/2000/svg";

// boxOver([x, y, width, height] as shares of the sides, [width, height] of the picture) -> a drawing to lay over it
function boxOver(box, shape) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "wb-over");
  drawing.setAttribute("viewBox", `0 0 ${shape[0]} ${shape[1]}`);
  drawing.setAttribute("aria-hidden", "true");
  for (const layer of ["wb-dark", "wb-bright"]) { // a dark line below the bright one: seen on any photo
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", layer);
    ["x", "y", "width", "height"].forEach((side, i) => rect.setAttribute(side, box[i] * shape[i % 2]));
    drawing.append(rect);
  }
  return drawing;
}
