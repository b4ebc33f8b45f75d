<?php
// PHP 8, no extension. BASE_URL ends in /api, API_KEY is a key with the scopes send and query.
function call(string $method, string $path, ?array $body = null): array
{
    $headers = ['Authorization: Bearer ' . getenv('API_KEY'), 'Content-Type: application/json',
                'Idempotency-Key: ' . bin2hex(random_bytes(16))];
    $context = stream_context_create(['http' => [
        'method' => $method, 'header' => $headers, 'timeout' => 30, 'ignore_errors' => true,
        'content' => $body === null ? '' : json_encode($body),
    ]]);
    $answer = json_decode(file_get_contents(getenv('BASE_URL') . $path, false, $context), true);
    if (isset($answer['error'])) {
        throw new RuntimeException($answer['error']['code'] . ': ' . $answer['error']['message']);
    }
    return $answer;
}

$sent = call('POST', '/messages/send', ['to' => '+254712345678', 'text' => 'Your parcel is at the counter.']);
echo $sent['id'], ' ', $sent['status'], ' ', $sent['cost'], ' ', $sent['cost_currency'], "\n";
echo json_encode(call('GET', '/messages/' . $sent['id'])['timeline']), "\n";
