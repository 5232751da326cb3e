/** What Git leaves in a file whose two sides it could not merge. */

/** A line that parts the sides, in a text. */
export const MERGE_MARK = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m;

/** How the lines before the first side and behind the second begin. Nothing else does; the one between may stand in a note. */
export const OUTER_MARKS = ['<<<<<<< ', '>>>>>>> '] as const;

export const MERGE_LEFT = 'a merge left this mark: decide between the two sides, and take the marks out';
