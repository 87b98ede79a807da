"""HTTP as Huixiang speaks it: strict JSON in, problem documents out, one envelope around every request."""
