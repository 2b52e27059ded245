#!/bin/bash
# File: test_auth_flow_validation.sh

echo "=== Authentication Flow Validation ==="

# Test 1: CSRF Token Acquisition
echo "Testing CSRF token endpoint..."
CSRF_TOKEN=$(curl -s "https://aiwfe.com/api/v1/auth/csrf-token" | jq -r '.csrf_token')
if [[ $CSRF_TOKEN == "null" || -z $CSRF_TOKEN ]]; then
    echo "❌ CSRF token acquisition failed"
    exit 1
else
    echo "✅ CSRF token acquired: ${CSRF_TOKEN:0:20}..."
fi

# Test 2: Login Endpoint Connectivity
echo "Testing login endpoint..."
LOGIN_RESPONSE=$(curl -s -o /dev/null -w "%{http_code}" \
    -X POST "https://aiwfe.com/api/v1/auth/jwt/login" \
    -H "Content-Type: application/json" \
    -H "X-CSRF-TOKEN: $CSRF_TOKEN" \
    -d '{"email":"test@example.com","password":"invalid"}')

if [[ $LOGIN_RESPONSE == "401" ]]; then
    echo "✅ Login endpoint responding correctly (401 for invalid credentials)"
else
    echo "❌ Login endpoint error: HTTP $LOGIN_RESPONSE"
    exit 1
fi

echo "✅ All authentication flow tests passed"
