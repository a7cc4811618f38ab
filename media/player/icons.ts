/** Drawn for a box of 16 by 16, in the colour of the text around. */
const paths = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  back: 'M8.5 3v4.2L14 3v10L8.5 8.8V13L2 8z',
  forward: 'M7.5 3v4.2L2 3v10l5.5-4.2V13L14 8z',
  previous: 'M3 3h1.5v10H3zM13 3v10L5.5 8z',
  next: 'M11.5 3H13v10h-1.5zM3 3v10l7.5-5z',
} as const;

export type IconName = keyof typeof paths;

const namespace = 'http://www.w3.org/2000/svg';

export function createIcon(name: IconName): SVGSVGElement {
  const icon = document.createElementNS(namespace, 'svg');
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('width', '16');
  icon.setAttribute('height', '16');
  icon.setAttribute('aria-hidden', 'true');
  icon.setAttribute('fill', 'currentColor');
  const path = document.createElementNS(namespace, 'path');
  icon.append(path);
  setIcon(icon, name);
  return icon;
}

export function setIcon(icon: SVGSVGElement, name: IconName): void {
  icon.querySelector('path')?.setAttribute('d', paths[name]);
}
