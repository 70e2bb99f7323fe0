// @ts-check
/** Every page but the map: its moments in the reader's time. */
import { showMoments } from "./moments.js";

showMoments(document);
