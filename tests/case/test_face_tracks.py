"""Faces in videos: tracks, of which the best faces are grouped, and when somebody is seen."""

import numpy as np
import pytest

import workbench as wb
from tests.helpers.made_videos import add_faces, case_of, face_case
from workbench.analysis.identities import following, group, tracks
from workbench.analysis.identities.tracks import BEST, overlaps
from workbench.errors import QueryError
from workbench.testing import face_vectors
from workbench.testing.register import SQUARES

VIDEO = "v/people.mp4"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return face_case(tmp_path_factory.mktemp("people"))


@pytest.fixture
def case(made, tmp_path):
    """The made case with a log of its own, so that a test may decide what it wants."""
    import shutil

    shutil.copytree(made.folder.root, tmp_path / "case")
    return wb.open(case=tmp_path / "case", faces="fake")


def person(case, number):
    """Return the identity of the faces of one person of the made video."""
    vectors = case.faces.vectors[:, number * 4]
    (identity,) = set(case.faces.frame["identity"][vectors > 0.9])
    return identity


class TestTracks:
    def run(self, times, boxes, people, video=None, frames=None):
        times, count = np.asarray(times, float), len(times)
        video = np.zeros(count, int) if video is None else np.asarray(video)
        frames = frames or {0: np.unique(times)}
        return tracks(
            video, times, frames, np.array(boxes, float), face_vectors(np.array(people, float)), 0.55
        )

    def test_a_face_that_stays_is_one_track(self):
        box = [10, 10, 20, 20]
        assert self.run([0, 1, 2], [box] * 3, [0, 0.1, 0]).tolist() == [0, 0, 0]

    def test_who_walks_is_known_by_likeness_and_who_blurs_by_place(self):
        walks = [[10 + 60 * i, 10, 20, 20] for i in range(3)]
        assert self.run([0, 1, 2], walks, [0, 0, 0]).tolist() == [0, 0, 0]
        assert self.run([0, 1], [[10, 10, 20, 20]] * 2, [0, 0.8]).tolist() == [0, 0]
        assert self.run([0, 1], walks[:2], [0, 0.8]).tolist() == [0, 1]

    def test_two_people_at_one_place_on_both_sides_of_a_cut_are_two_tracks(self):
        assert self.run([0, 1], [[10, 10, 20, 20]] * 2, [0, 4]).tolist() == [0, 1]

    def test_two_faces_of_one_frame_are_never_one_track(self):
        found = self.run([0, 0, 1, 1], [[0, 0, 20, 20], [40, 0, 20, 20]] * 2, [0, 0, 0, 0])
        assert found.tolist() == [0, 1, 0, 1]

    def test_a_frame_without_the_face_or_a_hole_ends_a_track(self):
        box = [[10, 10, 20, 20]] * 2
        assert self.run([0, 2], box, [0, 0], frames={0: np.arange(3.0)}).tolist() == [0, 1]
        assert self.run([0, 100], box, [0, 0], frames={0: np.array([0, 1, 2, 100.0])}).tolist() == [0, 1]

    def test_faces_in_photos_are_in_no_track(self):
        box = [[10, 10, 20, 20]] * 3
        assert self.run([0, 0, 1], box, [0, 0, 0], video=[-1, 0, 0]).tolist() == [-1, 0, 0]

    def test_boxes_overlap_by_the_share_of_their_union(self):
        found = overlaps(
            np.array([[0, 0, 10, 10]]), np.array([[0, 0, 10, 10], [5, 0, 10, 10], [20, 0, 5, 5]])
        )
        assert found[0] == pytest.approx([1, 1 / 3, 0])


class TestFollowing:
    def test_the_best_of_a_track_are_grouped_and_the_others_follow(self):
        track = np.array([0] * 8 + [-1, 1])
        quality = np.array([0.1, 0.9, 0.2, 0.8, 0.7, 0.6, 0.5, 0.3, 0.4, 0.4])
        found = following(track, quality, face_vectors(np.zeros(10)), np.zeros(10, bool), best=3)
        assert found.rows.tolist() == [1, 3, 4, 8, 9]
        assert set(found.leader[:8]) == {1, 3, 4} - ({3, 4} - set(found.leader[:8]))
        assert found.together.tolist() == track.tolist()

    def test_who_was_decided_about_follows_nobody_and_leads_nobody(self):
        decided = np.zeros(6, bool)
        decided[0] = True
        found = following(
            np.zeros(6, int), np.arange(6)[::-1] / 6, face_vectors(np.zeros(6)), decided, best=1
        )
        assert found.leader.tolist() == [0, 1, 1, 1, 1, 1]
        assert found.together[0] == -1

    def test_without_videos_everybody_is_grouped(self):
        found = following(np.full(4, -1), np.ones(4), face_vectors(np.zeros(4)), np.zeros(4, bool))
        assert found.rows.tolist() == found.leader.tolist() == [0, 1, 2, 3]

    def test_a_track_is_one_person_though_its_ends_are_not_alike(self):
        vectors = face_vectors(np.array([0.0, 0.0, 1.0, 1.0]))
        apart = group(vectors, scale=SQUARES)
        joined = group(vectors, scale=SQUARES, together=[0, 0, 0, 0], threshold=0.0)
        assert len(set(apart)) == 2
        assert len(set(joined)) == 1


class TestOfACase:
    def test_every_face_of_a_track_has_its_identity(self, made):
        frame = made.faces.frame
        assert len(frame) == 47
        assert (frame["identity"] != "").all()
        assert sorted(made.faces.identities["faces"]) == [7, 10, 30]

    def test_appearances_are_ranges_with_the_best_face(self, made):
        found = made.faces.appearances()
        spans = {
            identity: (s, e, n) for identity, s, e, n in found[["identity", "start", "end", "frames"]].values
        }
        assert spans == {
            person(made, 0): (0.0, 30.0, 30),
            person(made, 1): (5.0, 12.0, 7),
            person(made, 2): (20.0, 30.0, 10),
        }
        assert (found["video"] == VIDEO).all()
        for _, row in found.iterrows():
            best = made.faces.frame.iloc[row["best"]]
            assert (best["identity"], best["image_id"]) == (row["identity"], row["image_id"])
        (one,) = made.faces.appearances(person(made, 1), VIDEO)["start_timecode"]
        assert one == "0:00:05.000"
        assert "0:00:12.000" in made.faces.appearances(person(made, 1)).to_csv()

    def test_an_unknown_identity_or_video_is_refused(self, made):
        with pytest.raises(QueryError, match="Unknown identity"):
            made.faces.appearances("nobody")
        with pytest.raises(QueryError, match="No video"):
            made.faces.appearances(video="a.png")

    def test_only_the_best_faces_of_a_track_are_grouped(self, case, monkeypatch):
        asked = []
        from workbench.analysis import identities

        original = identities.group
        monkeypatch.setattr(
            identities,
            "group",
            lambda vectors, **rest: asked.append(len(vectors)) or original(vectors, **rest),
        )
        case.faces.group()
        assert asked == [3 * BEST]

    def test_a_decision_about_one_face_holds_for_that_face_alone(self, case):
        faces, one = case.faces, person(case, 0)
        members = faces.rows_of(one)
        leader, follower = int(members[0]), int(members[-1])
        other = faces.move([follower], None, "Bo")
        again = wb.open(case=case.folder.root, faces="fake").faces.frame["identity"]
        assert again[follower] == other
        assert set(again[np.setdiff1d(members, [follower])]) == {one}
        faces.move([leader], other)
        assert set(faces.frame["identity"][np.setdiff1d(members, [follower, leader])]) == {one}

    def test_who_was_rejected_leaves_and_the_track_stays(self, case):
        faces, one = case.faces, person(case, 0)
        members = faces.rows_of(one)
        faces.reject([int(members[3])], one)
        identities = faces.frame["identity"]
        assert identities[members[3]] != one
        assert set(identities[np.setdiff1d(members, members[3:4])]) == {one}

    def test_names_merges_splits_and_undo_take_whole_tracks(self, case):
        faces = case.faces
        a, b = person(case, 0), person(case, 1)
        faces.name(a, "Ann")
        assert (faces.frame["name"] == "Ann").sum() == 30
        faces.merge([a, b])
        assert (faces.frame["name"] == "Ann").sum() == 37
        new = faces.split(a, np.flatnonzero(faces.vectors[:, 4] > 0.9))
        assert (faces.frame["identity"] == new).sum() == 7
        faces.undo()
        faces.undo()
        assert (faces.frame["name"] == "Ann").sum() == 30
        assert faces.appearances(a)["name"].tolist() == ["Ann"]

    def test_faces_of_one_person_in_a_photo_and_a_video_are_one_identity(self, tmp_path):
        case = case_of(tmp_path, {VIDEO: [("grey", 8)]})
        photo, *frames = case.images["image_id"]
        add_faces(case, {photo: [(4.0, 5.0)]} | {one: [(4.0, 2.0 + 3 * i)] for i, one in enumerate(frames)})
        case = wb.open(case=case.folder.root, faces="fake")
        assert case.faces.identities["faces"].tolist() == [9]
