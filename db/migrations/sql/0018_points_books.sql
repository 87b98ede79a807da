-- points: books are opened by the program; they are never changed.
GRANT INSERT ON points.book TO huixiang_app;
