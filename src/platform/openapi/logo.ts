/** A sheet with lines, as it travels with a shipment, and a hand's mark on it. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40" role="img" aria-label="Waybill">
<rect x="4" y="4" width="26" height="32" rx="4" fill="#0b7a5b"/>
<path d="M10 12h14M10 18h14M10 24h7" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>
<path d="m18 27 3 3 6-7" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>
<text x="40" y="28" font-family="system-ui, sans-serif" font-size="24" font-weight="700" fill="#0b7a5b">Waybill</text>
</svg>
`;
