"""The election among the tabs of one browser. One tab leads, whatever is lost or late."""

import pytest

from page_clock import OWN_TIME

# Elections of several tabs in one page, over a channel in memory. Each tab may be hidden or gone.
# Time passes as the test says, however fast the machine is.
TABS = """
    const done = arguments[arguments.length - 1];
    const { pass, end } = %s;
    let latency = 5; // milliseconds until a message arrives
    const newTabs = async (ids) => {
        const { Election } = await import("./js/sync/election.js");
        const tabs = ids.map((id) => ({
            id, isHidden: true, isCut: false, receivers: [], end: new AbortController(), claims: 0,
        }));
        for (const tab of tabs) {
            const channel = {
                tabId: tab.id,
                receive: (receiver) => tab.receivers.push(receiver),
                post: (message) => {
                    if (message.kind === "claim") tab.claims += 1;
                    if (tab.isCut) return;
                    for (const other of tabs) {
                        if (other === tab || other.isCut) continue;
                        setTimeout(() => other.receivers.forEach(
                            (receiver) => receiver({ ...message, from: tab.id })), latency);
                    }
                },
            };
            tab.election = new Election({
                channel, isHidden: () => tab.isHidden, signal: tab.end.signal,
            });
        }
        return tabs;
    };
    const leaders = (tabs) => tabs.filter(({ election }) => election.isLeader).map(({ id }) => id);
    (async () => {
        %s
    })().then(
        (found) => { end(); done(found); }, (error) => { end(); done(String(error)); });
"""


@pytest.fixture
def elect(open_browser, shared_box):
    page = open_browser(shared_box).open()
    page.see("#login h1")
    return lambda script: page.driver.execute_async_script(TABS % (OWN_TIME, script))


def test_the_last_to_claim_leads(elect):
    assert elect("""
        const tabs = await newTabs(["c", "a", "b"]);
        const found = [];
        for (const tab of tabs) { tab.election.claim(); pass(1_500); found.push(leaders(tabs)); }
        return found;""") == [["c"], ["a"], ["b"]]


@pytest.mark.parametrize("latency", [5, 80])
def test_after_a_resignation_one_tab_claims(elect, latency):
    """With a latency that long most of the claims cross."""
    found = elect(f"latency = {latency};" """
        const found = [];
        for (let round = 0; round < 200; round += 1) {
            const tabs = await newTabs(["a", "b", "c", "d"]);
            tabs[1].isHidden = round % 2 === 1; // a visible tab is faster than hidden ones
            tabs[0].election.claim();
            pass(100);
            tabs[0].end.abort();
            pass(1_000);
            found.push([leaders(tabs).length, tabs.slice(1).reduce((sum, tab) =>
                sum + tab.claims, 0)]);
            for (const tab of tabs) tab.end.abort();
        }
        return found;""")
    assert [leaders for leaders, _ in found] == [1] * 200
    # Claims may cross now and then. Tabs that ignored each other would claim six hundred times.
    assert latency == 80 or sum(claims for _, claims in found) < 250


@pytest.mark.parametrize("visible, leader", [((), "c"), (("a",), "a"), (("a", "b"), "b")])
def test_of_claims_that_cross_one_stays(elect, visible, leader):
    """A visible tab's, else that of the greater id. It also stays after later beats."""
    assert elect(f"const visible = {list(visible)};" """
        const tabs = await newTabs(["b", "a", "c"]);
        for (const tab of tabs) tab.isHidden = !visible.includes(tab.id);
        for (const tab of tabs) { tab.election.claim(); pass(1); }
        const found = [leaders(tabs).length];
        for (const time of [100, 10_000]) { pass(time); found.push(...leaders(tabs)); }
        return found;""") == [3, leader, leader]


def test_a_leader_that_fell_silent_is_replaced(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[1].election.claim();
        pass(100);
        tabs[1].isCut = true;
        pass(9_000);
        const before = leaders(tabs);
        pass(9_000);
        return [before, leaders(tabs.slice(0, 1))];""") == [["b"], ["a"]]


def test_of_tabs_that_miss_the_leader_at_the_same_time_one_leads(elect):
    """Their timers may run in step."""
    assert elect("""
        const tabs = await newTabs(["a", "b", "c"]);
        tabs[0].election.claim();
        pass(100);
        tabs[0].isCut = true;
        pass(18_000);
        return leaders(tabs.slice(1));""") == ["c"]


def test_of_two_leaders_one_gives_way_at_the_next_beat(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].isCut = true;
        tabs[0].election.claim();
        tabs[1].election.claim();
        const before = leaders(tabs);
        tabs[0].isCut = false;
        pass(5_000);
        return [before, leaders(tabs)];""") == [["a", "b"], ["b"]]


def test_a_visible_tab_takes_over_from_a_hidden_leader(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].isHidden = false;
        tabs[1].election.claim();
        pass(100);
        return leaders(tabs);""") == ["a"]


def test_a_tab_whose_session_has_ended_leads_no_more(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].election.claim();
        pass(100);
        for (const tab of tabs) tab.end.abort();
        pass(20_000);
        tabs[0].election.claim();
        return leaders(tabs);""") == []
