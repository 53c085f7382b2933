// One moment: where everything is and what touches what. moment.py tells the order of numbers.

export const POSE = 7; // position and quaternion
const CONTACT = 8; // position, force, the body that feels it, the other body

// Of a row without its time and its number of contacts.
export const rowLength = (items, contacts) => 3 + POSE * items + CONTACT * contacts;

// → { time, com: (3), poses: (items × 7), contacts: (n × 8) }
export function readMoment(time, row, items) {
  const end = 3 + POSE * items;
  return {
    time,
    com: row.subarray(0, 3),
    poses: row.subarray(3, end),
    contacts: row.subarray(end),
  };
}

// The contacts of a moment as { position, force, body, other }; arrays are views.
export function contactsOf({ contacts }) {
  return Array.from({ length: contacts.length / CONTACT }, (_, i) => {
    const row = contacts.subarray(CONTACT * i, CONTACT * (i + 1));
    return { position: row.subarray(0, 3), force: row.subarray(3, 6), body: row[6], other: row[7] };
  });
}
