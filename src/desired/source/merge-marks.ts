/** Finds a line that Git leaves around and between the sides of a failed merge. */
export const MERGE_MARK = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m;

/** How the outer two of such lines begin, and no other line. The one between the sides may be part of a note. */
export const OUTER_MARKS = ['<<<<<<< ', '>>>>>>> '] as const;

export const MERGE_LEFT = 'a merge left this mark: decide between the two sides, and take the marks out';
