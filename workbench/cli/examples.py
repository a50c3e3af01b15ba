"""The examples that the help of each verb ends with."""

ALL = """\
examples:
  workbench ingest photos/ --case cases/mine        read a folder of photos into a case
  workbench search cases/mine "a cup of coffee"     find images by words
  workbench search cases/mine cat.jpg               find images like a picture
  workbench problems cases/mine                     what could not be read, and why
  workbench skipped cases/mine                      what was not read: sidecars, links, drawings, ...
  workbench faces cases/mine                        who is in the photos
  workbench demo                                    the demo album in JupyterLab

Photos are only ever read and never leave this machine.
Help on one command: workbench search --help
"""
INGEST = """\
examples:
  workbench ingest photos/ --case cases/mine
  workbench ingest photos/ --case cases/mine --retry
  workbench ingest photos/ --case cases/mine --faces
  workbench ingest photos/ --case cases/mine --regions persons objects text

Run it again whenever the folder has changed: only what is new or changed
is computed. Ctrl-C is safe at any time.
"""
SEARCH = """\
examples:
  workbench search cases/mine "a cup of coffee"
  workbench search cases/mine "a beach" "at night" --unlike people
  workbench search cases/mine cat.jpg "in the snow" -k 5
  workbench search cases/mine "a red car" --csv > cars.csv
  workbench search cases/mine "a red jacket" --over persons --taken 2019
  workbench search cases/mine --text "ABC 12"

Put quotes round a query of several words; several queries are combined.
A query that is the path of a file is a picture. Each line shows the score
(a cosine, -1 to 1; of --text how alike the letters are, 0 to 1), the probability
of the hit, its path in the source and, with --over or --text, where in the image:
left, top, width and height in pixels of the upright image.
"""
INFO = """\
examples:
  workbench info cases/mine
  workbench info cases/mine --json
"""
PROBLEMS = """\
examples:
  workbench problems cases/mine
  workbench problems cases/mine --csv > problems.csv
  workbench ingest photos/ --case cases/mine --retry    try them again
"""
SKIPPED = """\
examples:
  workbench skipped cases/mine
  workbench skipped cases/mine --csv > skipped.csv
  workbench ingest photos/ --case cases/mine --links all    follow links out of the source
  workbench ingest photos/ --case cases/mine --system       take recycle bins and previews too

Every file of the source is an image, a problem, or listed here.
"""
VERIFY = """\
examples:
  workbench verify cases/mine
  workbench verify cases/mine --rate-limit 50 --csv > changes.csv
  workbench ingest photos/ --case cases/mine --rehash       take the changes over

Nothing is written. The exit status is 1 where a file has changed, is missing or
cannot be read.
"""
FOLLOW = """\
examples:
  workbench follow cases/mine               list edited photos with tags, selections, decisions
  workbench follow cases/mine --apply       let these follow

A photo with other bytes is another image. Where the same file holds the same
picture, what was said about it can follow; nothing is taken out of work/.
"""
WHY = """\
examples:
  workbench why cases/mine sea/boat.jpg "a red boat"
  workbench why cases/mine sea/boat.jpg "a red boat" --against "a pier" --to boat.png

Prints where the picture is; then, as notes, each word's share of the match and whether to believe the map.
"""
FACES = """\
examples:
  workbench faces cases/mine                        list identities: name, faces, images
  workbench faces cases/mine ingest                 detect faces in the photos of a case
  workbench faces cases/mine ingest --pair sface    with another pair of models
  workbench faces cases/mine export people/ --min-faces 2

Names and other decisions are made in a notebook (case.faces, or the desk).
An export goes to a new or empty folder; its manifest.csv says what lies where.
"""
SHARE = """\
examples:
  workbench share cases/mine for-ann/
  workbench share cases/mine for-ann/ --faces decisions

Copies the case with its tags, not the photos, and of faces nothing (no vector,
crop, landmark, box or name): --faces decisions adds names and their boxes.
"""
DEMO = """\
examples:
  workbench demo                 prepare the demo case and open it in JupyterLab
  workbench demo --no-browser    the same on a machine without a screen: prints the URL
  workbench demo --check         prepare, search, run the notebook, report failed checks

Run it in a clone of the project, where data/photos and notebooks/ are.
"""
MODELS = """\
examples:
  workbench models               what is needed, whether it is here, and where it comes from
  workbench models fetch         bring what the default model needs (once, 200 MB)
  workbench models fetch faces-facenet    and what finding faces needs (94 MB)
  workbench models fetch regions          persons and objects (74 MB); text needs nothing
  workbench models path          the folder it lies in

For a machine without a network: fetch on another one and copy that folder.
"""
