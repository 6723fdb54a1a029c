export interface Book {
  title: string;
  author: string;
  year: number;
  shelf: string;
  copies: number;
  onLoan: number;
  next: string;
}

export const catalogue: readonly Book[] = [
  {
    title: 'The Left Hand of Darkness',
    author: 'Ursula K. Le Guin',
    year: 1969,
    shelf: 'B3',
    copies: 2,
    onLoan: 1,
    next: 'The Dispossessed',
  },
  {
    title: 'The Dispossessed',
    author: 'Ursula K. Le Guin',
    year: 1974,
    shelf: 'B3',
    copies: 1,
    onLoan: 1,
    next: 'Solaris',
  },
  {
    title: 'Solaris',
    author: 'Stanisław Lem',
    year: 1961,
    shelf: 'B4',
    copies: 1,
    onLoan: 0,
    next: 'The Dispossessed',
  },
];

export function bookByTitle(title: string): Book | undefined {
  return catalogue.find((book) => book.title.toLowerCase() === title.trim().toLowerCase());
}
