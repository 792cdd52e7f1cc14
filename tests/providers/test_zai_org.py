from hfmedia_tui.domain import Access, Failed, Fetch, Media, Request, Send, SendKind, Stage, Wait
from hfmedia_tui.providers import zai_org
from tests.providers.recorded import predict, travel

ZAI = 'zai-org'
HEADERS = {'x-source-channel': 'hugging_face', 'accept-language': 'en-US,en'}


def test_a_task_is_created_with_a_size_in_one_word_and_no_seed() -> None:
    prediction = predict(ZAI, provider_id='glm-image', parameters={'width': 1568, 'height': 1056, 'guidance_scale': 3})

    assert zai_org.begin(prediction).step == Send(
        request=Request(
            method='POST',
            path='/api/paas/v4/async/images/generations',
            headers=HEADERS,
            body={'model': 'glm-image', 'prompt': 'a lighthouse', 'size': '1568x1056'},
        ),
        kind=SendKind.SUBMIT,
    )


def test_a_task_is_asked_for_with_the_headers_that_it_was_submitted_with() -> None:
    _, started, asking, running, _, fetching = travel(ZAI, predict(ZAI), 'started', 'processing', 'succeeded')

    assert started.step == Wait(seconds=5)
    assert started.accepted
    assert started.handle == '20261122100000'
    assert started.facts.request_id == '20261122100000-req'
    assert asking.step == Send(
        request=Request(method='GET', path='/api/paas/v4/async-result/20261122100000', headers=HEADERS),
        kind=SendKind.POLL,
    )
    assert running.stage is Stage.RUNNING
    assert fetching.step == Fetch(media=(Media(url='https://mfile.z.ai/1700000000-a.png?ufileattname=a.png'),))


def test_failures_are_told_as_far_as_they_are_known() -> None:
    def told(*names: str, access: Access = Access.ROUTED) -> tuple[str, str]:
        step = travel(ZAI, predict(ZAI, access=access), *names)[-1].step
        assert isinstance(step, Failed)
        return step.failure.code, step.failure.message

    assert told('started', 'failed') == ('provider', 'zai-org could not, and does not say why.')
    assert told('started', 'filtered') == ('moderated', 'The content filter stopped it.')
    assert told('moderated')[0] == 'moderated'
    assert told('invalid') == ('invalid', 'size: invalid parameter')
    assert told('no_balance', access=Access.OWN_KEY)[0] == 'out_of_credit'
    assert told('bad_key', access=Access.OWN_KEY)[0] == 'unauthorized'
    assert told('started', 'succeeded_without_picture')[0] == 'bad_reply'


def test_a_question_that_is_turned_away_can_be_asked_again() -> None:
    for name in ('no_balance', 'bad_key'):
        step = travel(ZAI, predict(ZAI), 'started', name)[-1].step
        assert isinstance(step, Failed)
        assert step.collectable
    step = travel(ZAI, predict(ZAI), 'started', 'moderated')[-1].step
    assert isinstance(step, Failed)
    assert not step.collectable
